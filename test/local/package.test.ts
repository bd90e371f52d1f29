import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../../src/cli/installation.ts";
import { type Result, removeTemporaryFolders, run, temporaryFolder } from "./cli-command.ts";
import { untilReady } from "./local-server.ts";

/** Builds everything and starts servers, on machines that may be busy. */
const PROCESSES_MS = 180_000;
const TARBALL_MAX_BYTES = 15 * 1024 * 1024;

/** What `npm pack` needs of a checkout. */
const CHECKOUT = [
  ".npmrc",
  "CHANGELOG.md",
  "LICENSE",
  "README.md",
  "bin",
  "migrations",
  "package-lock.json",
  "package.json",
  "scripts",
  "src",
  "tsconfig.json",
  "wrangler.toml",
];

/** A checkout of its own: what is built and removed is no other test's. */
function checkoutOfItsOwn(): string {
  const checkout = temporaryFolder("pack");
  for (const name of CHECKOUT) {
    cpSync(join(ROOT, name), join(checkout, name), { recursive: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(checkout, "node_modules"));
  return checkout;
}

/** Nothing of the machine but Node, npm and what a system has. */
function emptyHome(): { home: string; env: NodeJS.ProcessEnv } {
  const home = temporaryFolder("home");
  const ownNode = join(ROOT, "node_modules", ".bin");
  return { home, env: { PATH: `${ownNode}${delimiter}${process.env.PATH}`, HOME: home } };
}

describe("the package", { timeout: PROCESSES_MS }, () => {
  const checkout = checkoutOfItsOwn();
  const { home, env } = emptyHome();
  const prefix = join(home, "prefix");
  const installed = join(prefix, "lib", "node_modules", "cairn-memory");
  /** Found on the path. */
  const command = "cairn";
  let packed: Result;

  beforeAll(async () => {
    packed = await run("npm", ["pack", "--silent"], { cwd: checkout, env });
    expect(packed, packed.stderr).toMatchObject({ code: 0 });
    const unpacked = join(home, "unpacked");
    mkdirSync(unpacked);
    const tarball = join(checkout, packed.stdout.trim().split("\n").at(-1) ?? "");
    await run("tar", ["-xzf", tarball, "-C", unpacked], { cwd: home, env });
    // As `npm install --global` puts it: the folder, what it depends on, and a link on the path.
    cpSync(join(unpacked, "package"), installed, { recursive: true });
    mkdirSync(join(installed, "node_modules"));
    const { packages } = JSON.parse(readFileSync(join(installed, "npm-shrinkwrap.json"), "utf8"));
    for (const path of Object.keys(packages).filter((each) => existsSync(join(ROOT, each)))) {
      if (path === "") continue;
      mkdirSync(join(installed, path, ".."), { recursive: true });
      symlinkSync(join(ROOT, path), join(installed, path));
    }
    mkdirSync(join(prefix, "bin"));
    symlinkSync(join(installed, "bin", "cairn.js"), join(prefix, "bin", "cairn"));
    env.PATH = `${join(prefix, "bin")}${delimiter}${env.PATH}`;
  }, PROCESSES_MS);

  afterAll(removeTemporaryFolders);

  it("is small, pins what it installs, and leaves no lock file of its own in the checkout", () => {
    const tarball = join(checkout, packed.stdout.trim().split("\n").at(-1) ?? "");
    expect(statSync(tarball).size).toBeLessThan(TARBALL_MAX_BYTES);
    expect(existsSync(join(checkout, "npm-shrinkwrap.json"))).toBe(false);

    const manifest = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
    const lock = JSON.parse(readFileSync(join(installed, "npm-shrinkwrap.json"), "utf8"));
    expect(manifest.dependencies).toEqual({ workerd: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
    expect(lock.packages[""].dependencies).toEqual(manifest.dependencies);
    const names = Object.keys(lock.packages).filter((path) => path !== "");
    expect(names).toContain("node_modules/workerd");
    expect(names.filter((path) => !/^node_modules\/(@cloudflare\/)?workerd/.test(path))).toEqual(
      [],
    );
    for (const path of names) expect(lock.packages[path].integrity).toMatch(/^sha512-/);

    expect(readdirSync(installed).toSorted()).toEqual(
      ["CHANGELOG.md", "LICENSE", "README.md", "bin", "dist", "node_modules"].concat(
        "npm-shrinkwrap.json",
        "package.json",
      ),
    );
    const licences = readFileSync(join(installed, "dist", "LICENSES.txt"), "utf8");
    for (const name of ["hono", "zod", "miniflare"]) expect(licences).toMatch(`${name} `);
  });

  it("starts in any folder, keeps its state with the user's data, and connects as it says", async () => {
    const folder = join(home, "elsewhere");
    mkdirSync(folder);
    const state = join(home, ".local", "share", "cairn");
    const server = await untilReady(
      spawn(command, ["start"], {
        cwd: folder,
        env: { ...env, PORT: "0" },
        stdio: ["ignore", "pipe", "pipe"],
      }),
      state,
    );
    expect(server.output()).toContain(`  State  ${state}\n`);
    expect(server.output()).toContain("\n    cairn connect claude-code\n");

    const cairn = (...args: string[]) => run(command, args, { cwd: folder, env });
    const connected = await cairn("connect", "claude-code");
    expect(connected, connected.stderr).toMatchObject({ code: 0, stderr: "" });
    const told = readFileSync(join(home, ".local", "state", "cairn", "command"), "utf8").trim();
    expect(told).toBe(join(installed, "bin", "cairn.js"));
    const recorded = join(ROOT, "test", "fixtures", "claude-code-hooks.jsonl");
    const replayed = await cairn("replay", "--project", "packed", recorded);
    expect(replayed, replayed.stderr).toMatchObject({ code: 0 });
    const found = await run(told, ["context", "--project", "packed"], { cwd: folder, env });
    expect(found.stdout).toContain("<cairn-memory>");
    expect(await server.stop()).toBe(0);
    expect(server.output()).not.toMatch(/warning/i);
    expect(readdirSync(folder)).toEqual([]);

    const clone = await run(join(checkout, "bin", "cairn.js"), ["status"], { cwd: folder, env });
    expect(clone.stderr).toContain(`${join(checkout, "bin", "cairn.js")} start`);
  });

  it("says in one sentence which Node it needs", async () => {
    const asOlder = "Object.defineProperty(process.versions, 'node', { value: '22.15.1' })";
    const args = ["--import", `data:text/javascript,${asOlder}`];
    const old = await run("node", [...args, join(installed, "bin", "cairn.js"), "start"], {
      cwd: home,
      env,
    });
    expect(old).toEqual({
      code: 1,
      stdout: "",
      stderr: "cairn: it needs Node 22.16 or newer, and this is Node 22.15.1.\n",
    });
  });
});
