import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unreachable } from "../../src/cli/checks/reach.ts";
import { CAIRN, environment, removeTemporaryFolders, run, temporaryFolder } from "./cli-command.ts";
import { type LocalServer, startServer } from "./local-server.ts";

const PROCESSES_MS = 120_000;

interface Report {
  ok: boolean;
  checks: { name: string; ok: boolean; detail: string; remedy: string | null }[];
}

describe.runIf(process.platform !== "win32")("cairn doctor", { timeout: PROCESSES_MS }, () => {
  const home = temporaryFolder("doctor");
  const folder = join(home, "work");
  const settings = join(home, ".claude", "settings.json");
  let server: LocalServer;

  const cairn = (args: string[], extra: Record<string, string> = {}) =>
    run(CAIRN, args, { cwd: folder, env: environment(home, extra) });

  /** The checks that are not well, and what the exit code says. */
  async function examine(extra: Record<string, string> = {}) {
    const { code, stdout, stderr } = await cairn(["doctor", "--json"], extra);
    const { ok, checks } = JSON.parse(stdout || stderr) as Report;
    expect(code).toBe(ok ? 0 : 1);
    for (const check of checks.filter((each) => !each.ok)) expect(check.remedy).toBeTruthy();
    return checks.filter((check) => !check.ok);
  }

  const read = () => JSON.parse(readFileSync(settings, "utf8"));
  const write = (value: object) => writeFileSync(settings, JSON.stringify(value));

  beforeAll(async () => {
    mkdirSync(folder);
    server = await startServer(home);
    const alone = await cairn(["doctor"]);
    expect(alone, alone.stdout).toMatchObject({ code: 0 });
    expect(alone.stdout).toContain(`connect one with: ${CAIRN} connect claude-code`);
    expect(await cairn(["connect", "claude-code"])).toMatchObject({ code: 0 });
  }, PROCESSES_MS);

  afterAll(async () => {
    await server.stop();
    removeTemporaryFolders();
  });

  it("finds nothing wrong where nothing is, and names the project of the folder", async () => {
    const { code, stdout } = await cairn(["doctor"]);
    expect(stdout).not.toContain("BAD");
    expect(code).toBe(0);
    expect(stdout).toMatch(/ok {2}hooks of Claude Code: there and current/);
    expect(stdout).toMatch(/ok {2}key of Claude Code: is taken/);
    expect(stdout).toMatch(/ok {2}curl: reaches/);
    expect(stdout).toMatch(/ok {2}project: .*work/);
    expect(stdout).toMatch(/ok {2}providers/);
  });

  it("names the hooks that are missing or old, and the command that mends them", async () => {
    const { MessageDisplay: _gone, Stop, ...hooks } = read().hooks;
    const [group] = Stop;
    const old = [{ hooks: [{ ...group.hooks[0], timeout: 60 }] }];
    write({ ...read(), hooks: { ...hooks, Stop: old } });
    const [check] = await examine();
    expect(check?.name).toBe("hooks of Claude Code");
    expect(check?.detail).toBe("missing: MessageDisplay; not as this version writes them: Stop");
    const command = check?.remedy?.replace("<your key>", server.key) ?? "";
    expect(await run("sh", ["-c", command], { cwd: folder, env: environment(home) })).toMatchObject(
      {
        code: 0,
      },
    );
    expect(await examine()).toEqual([]);
  });

  it("says whose a refused key is, what is no key, and who else can read it", async () => {
    const before = read();
    const withKey = (key: string) => write({ ...before, env: { ...before.env, CAIRN_KEY: key } });
    withKey(`cairn_local_other001_${"o".repeat(40)}`);
    expect((await examine()).map(({ detail }) => detail).join()).toMatch(
      /refuses it: it was revoked, or is the key of another server/,
    );
    withKey("sk-of-somebody-else");
    expect((await examine()).map(({ detail }) => detail)).toContain(
      "what stands there is not a key",
    );
    write(before);
    chmodSync(settings, 0o644);
    expect(await examine()).toMatchObject([
      { name: "key of Claude Code", remedy: `chmod 600 ${settings}` },
    ]);
    chmodSync(settings, 0o600);
  });

  it("sees what stands between: a proxy, a missing curl, a page of something else", async () => {
    const proxied = await examine({ http_proxy: "http://user:word@127.0.0.1:9" });
    expect(proxied.map(({ name }) => name)).toEqual(["proxy", "curl"]);
    expect(JSON.stringify(proxied)).not.toContain("word");
    expect(await examine({ http_proxy: "http://127.0.0.1:9", no_proxy: "127.0.0.1" })).toEqual([]);

    const bin = join(home, "bin");
    mkdirSync(bin);
    for (const name of ["git", "ps", "sh"]) {
      const found = await run("sh", ["-c", `command -v ${name}`], { cwd: home, env: process.env });
      symlinkSync(found.stdout.trim(), join(bin, name));
    }
    symlinkSync(process.execPath, join(bin, "node"));
    expect(await examine({ PATH: bin })).toMatchObject([{ name: "curl", remedy: "Install curl." }]);

    const page = createServer((_request, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<h1>Sign in</h1>");
    });
    await new Promise<void>((resolve) => page.listen(0, "127.0.0.1", resolve));
    const { port } = page.address() as AddressInfo;
    const before = readFileSync(settings, "utf8");
    writeFileSync(settings, before.replaceAll(server.url, `http://127.0.0.1:${port}`));
    const strange = await examine();
    expect(strange.find(({ name }) => name === "server")?.detail).toContain("which is not Cairn's");
    writeFileSync(settings, before);
    await new Promise((resolve) => page.close(resolve));
  });

  it("says that the server does not run, and how to start it", async () => {
    await server.stop();
    const down = await examine();
    const named = Object.fromEntries(down.map(({ name, remedy }) => [name, remedy]));
    expect(named.server).toBe(`Start it: ${CAIRN} start`);
    expect(Object.keys(named)).toEqual(["server", "curl", "memory"]);
    server = await startServer(home, { PORT: new URL(server.url).port });
  });
});

describe("a server that cannot be reached", () => {
  const at = (code: string) =>
    unreachable(
      new URL("https://cairn.acme.dev"),
      { cause: { code } },
      { HTTPS_PROXY: "http://p:1" },
    );

  it("is told apart by what stopped the call", () => {
    expect(at("SELF_SIGNED_CERT_IN_CHAIN").remedy).toContain("NODE_EXTRA_CA_CERTS");
    expect(at("ENOTFOUND")).toMatchObject({ passes: true });
    expect(at("ECONNREFUSED").detail).toBe("nothing listens on cairn.acme.dev");
    expect(at("UND_ERR_CONNECT_TIMEOUT").remedy).toBe("Check the proxy http://p:1.");
    expect(at("EPIPE").detail).toContain("EPIPE");
  });
});
