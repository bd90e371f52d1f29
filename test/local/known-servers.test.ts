import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CAIRN, environment, removeTemporaryFolders, run, temporaryFolder } from "./cli-command.ts";
import { type LocalServer, startServer } from "./local-server.ts";

/** Every step starts processes, on machines that may be busy. */
const PROCESSES_MS = 120_000;

/** Keeps the keys that anybody sends to it. */
async function eavesdropper() {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    heard.push(request.headers.authorization ?? "");
    response.writeHead(404, { "content-type": "application/json" });
    response.end('{"error":{"code":"not_found","message":"nothing is here"}}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, heard, close: () => server.close() };
}

describe("the servers that commands know", { timeout: PROCESSES_MS }, () => {
  const there = temporaryFolder("there");
  let server: LocalServer;

  beforeAll(async () => {
    server = await startServer(there);
  }, PROCESSES_MS);

  afterAll(async () => {
    await server.stop();
    removeTemporaryFolders();
  });

  /** A machine of its own, to which `server` is one elsewhere. */
  function machine() {
    const home = temporaryFolder("machine");
    mkdirSync(join(home, "work"));
    const file = join(home, ".config", "cairn", "servers.json");
    return {
      home,
      file,
      known: () => JSON.parse(readFileSync(file, "utf8")),
      settings: () => JSON.parse(readFileSync(join(home, ".claude", "settings.json"), "utf8")),
      mcp: () => JSON.parse(readFileSync(join(home, ".claude.json"), "utf8")),
      cairn: (args: string[], extra: Record<string, string> = {}, input?: string) =>
        run(CAIRN, args, {
          cwd: join(home, "work"),
          env: environment(home, extra),
          ...(input === undefined ? {} : { input }),
        }),
    };
  }

  const scopeOf = async (key: string) => {
    const response = await fetch(`${server.url}/v1/projects`, {
      headers: { Authorization: `Bearer ${key}` },
    });
    const body = (await response.json()) as { error?: { code: string } };
    return response.status === 200 ? "full" : body.error?.code;
  };

  it("are remembered with keys of their own for hooks, tools and commands, the key read from the input", async () => {
    const { cairn, known, settings, mcp, file } = machine();
    const connect = ["connect", "claude-code", "--url", server.url, "--key", "-"];
    const connected = await cairn(connect, {}, `${server.key}\n`);
    expect(connected).toMatchObject({ code: 0, stderr: "" });
    expect(connected.stdout).not.toContain("note:");

    const capture = settings().env.CAIRN_KEY as string;
    expect(await scopeOf(capture)).toBe("capture_only");
    const entry = mcp().mcpServers.cairn;
    const full = entry.headers.Authorization.slice("Bearer ".length) as string;
    expect(await scopeOf(full)).toBe("full");
    expect(new Set([capture, full, server.key]).size).toBe(3);
    expect(capture.split("_")[2]).toBe(server.key.split("_")[2]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(known()).toMatchObject({
      default: server.url,
      servers: [
        {
          url: server.url,
          team: "local",
          keys: {
            "claude-code": capture,
            "claude-code/mcp": full,
            "command-line": server.key,
          },
        },
      ],
    });

    // From now on no command has to be told, also in the agent's own shell.
    expect(await cairn(["projects", "--json"])).toMatchObject({ code: 0, stdout: "[]\n" });
    const inAgent = await cairn(["projects", "--json"], { CAIRN_KEY: capture });
    expect(inAgent).toMatchObject({ code: 0, stdout: "[]\n" });

    // Again: the same keys, as long as they are good.
    expect((await cairn(connect, {}, server.key)).stdout).toContain("nothing had to be changed");
    const { items } = (await (
      await fetch(`${server.url}/v1/keys`, { headers: { Authorization: `Bearer ${server.key}` } })
    ).json()) as { items: { id: string; label: string | null; origin: string }[] };
    const issued = items.filter(({ origin }) => origin === "issued");
    expect(issued.map(({ label }) => label?.split(" on ")[0]).sort()).toEqual([
      "claude-code",
      "claude-code (MCP)",
    ]);
  });

  it("give agents that are set up by files the same two kinds of keys", async () => {
    const { cairn, home, known } = machine();
    const connect = ["connect", "codex", "--url", server.url, "--key", server.key];
    expect(await cairn(connect)).toMatchObject({ code: 0, stderr: "" });
    const keyIn = (path: string) =>
      /cairn_[\w-]+/.exec(readFileSync(join(home, path), "utf8").replace(/^url.*$/gm, ""))?.[0];
    const { codex: capture = "", "codex/mcp": full = "" } = known().servers[0].keys;
    expect(keyIn(".local/state/cairn/codex.curl")).toBe(capture);
    expect(await scopeOf(capture)).toBe("capture_only");
    expect(readFileSync(join(home, ".codex", "config.toml"), "utf8")).toContain(full);
    expect(await scopeOf(full)).toBe("full");
  });

  it("are told no key that was made for another one", async () => {
    const { cairn } = machine();
    const other = await eavesdropper();
    const foreign = { CAIRN_KEY: server.key };
    // It listens where the local server would be.
    const alone = await cairn(["projects"], { ...foreign, PORT: String(other.port) });
    expect(alone).toMatchObject({ code: 1, stderr: expect.stringContaining("CAIRN_URL") });
    const named = await cairn(["projects", "--url", other.url], foreign);
    expect(named).toMatchObject({ code: 1, stderr: expect.stringContaining("no key for") });
    const both = { ...foreign, CAIRN_URL: server.url };
    expect((await cairn(["projects", "--url", other.url], both)).code).toBe(1);
    expect((await cairn(["connect", "claude-code", "--url", other.url], both)).code).toBe(1);
    expect(other.heard).toEqual([]);
    // With its address beside it, the variable is what it was.
    expect((await cairn(["projects"], both)).code).toBe(0);
    other.close();
  });

  it("stay to their owner, and a broken file is told and left alone", async () => {
    const { cairn, file } = machine();
    await cairn(["connect", "claude-code", "--url", server.url, "--key", server.key]);
    chmodSync(file, 0o644);
    expect((await cairn(["projects"])).code).toBe(0);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    writeFileSync(file, "{");
    const broken = await cairn(["projects"]);
    expect(broken).toMatchObject({ code: 1, stderr: expect.stringContaining(file) });
    expect(readFileSync(file, "utf8")).toBe("{");
  });

  it("give an agent no key from one that may only capture", async () => {
    const { cairn, settings } = machine();
    await cairn(["connect", "claude-code", "--url", server.url, "--key", server.key]);
    const capture = settings().env.CAIRN_KEY as string;
    const next = machine();
    const refused = await next.cairn([
      "connect",
      "claude-code",
      "--url",
      server.url,
      "--key",
      capture,
    ]);
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("may only send hooks"),
    });
    expect(existsSync(join(next.home, ".claude", "settings.json"))).toBe(false);
  });

  it("are no keys for a server that an agent starts, and stand in no repository", async () => {
    const { cairn, home, file, known, settings } = machine();
    const connect = ["connect", "claude-code", "--url", server.url, "--key", server.key];
    expect((await cairn(connect)).code).toBe(0);
    const started = await startServer(home, { CAIRN_KEY: settings().env.CAIRN_KEY });
    expect(started.key).not.toBe(settings().env.CAIRN_KEY);
    expect((await cairn(["projects", "--url", started.url])).code).toBe(0);
    await started.stop();

    const before = known();
    const dotfiles = join(home, "dotfiles");
    mkdirSync(dotfiles);
    renameSync(file, join(dotfiles, "servers.json"));
    symlinkSync(join(dotfiles, "servers.json"), file);
    expect((await cairn(connect)).code).toBe(0);
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    const git = (...args: string[]) =>
      run("git", ["-C", dotfiles, ...args], { cwd: home, env: environment(home) });
    await git("init", "-q");
    await git("add", "servers.json");
    const refused = await cairn([...connect.slice(0, -1), before.servers[0].keys["command-line"]]);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("git tracks") });
  });

  it("are told once what their key is: at the start that makes it", async () => {
    const home = temporaryFolder("told-once");
    const first = await startServer(home);
    expect(first.output()).toContain(first.key);
    await first.stop();
    const second = await startServer(home, { HOST: "0.0.0.0" });
    expect(second.output()).not.toContain(second.key);
    expect(second.output()).toContain(join(second.state, "key"));
    await second.stop();
  });
});
