import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, relative } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { isGroupAlive } from "../../src/cli/server/process-group.ts";
import { goneWithin, isAlive } from "../../src/cli/server/process-table.ts";
import { CAIRN, environment, removeTemporaryFolders, run, temporaryFolder } from "./cli-command.ts";
import { startServer } from "./local-server.ts";

/** Every step starts processes, on machines that may be busy. */
const PROCESSES_MS = 60_000;

const GONE_WITHIN_MS = 5_000;

/** The only files of a state folder that a key may stand in. */
const KEY_FILES = ["key", "server.json"];

function cairnStart(home: string, extra: Record<string, string> = {}) {
  return run(CAIRN, ["start"], { cwd: home, env: environment(home, { PORT: "0", ...extra }) });
}

async function isHealthy(url: string): Promise<boolean> {
  const response = await fetch(`${url}/health`);
  await response.body?.cancel();
  return response.ok;
}

afterAll(removeTemporaryFolders);

describe("cairn start", { timeout: PROCESSES_MS }, () => {
  it("serves, says how to connect, keeps others away, and stops at a signal", async () => {
    const home = temporaryFolder("server");
    const server = await startServer(home);
    expect(await isHealthy(server.url)).toBe(true);
    expect(server.output()).toContain(server.key);
    expect(server.output()).toContain(`${CAIRN} connect claude-code`);
    expect(server.output()).toContain("extractive (rules, no model); costs nothing");
    expect(server.key).toMatch(/^cairn_local_[a-z0-9]+_[A-Za-z0-9]{32,}$/);

    for (const name of readdirSync(server.state)) {
      expect(statSync(join(server.state, name)).mode & 0o077).toBe(0);
    }
    const files = readdirSync(server.state, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const withKey = files.filter((file) => readFileSync(file).includes(server.key));
    expect(withKey.map((file) => relative(server.state, file)).sort()).toEqual(KEY_FILES);

    const second = await cairnStart(home);
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`already runs on ${server.state}: ${server.url}`);
    const other = await cairnStart(temporaryFolder("server"), { PORT: new URL(server.url).port });
    expect(other.code).toBe(1);
    expect(other.stderr).toMatch(/a Cairn server already listens on 127\.0\.0\.1:\d+.*PORT/);
    expect(await isHealthy(server.url)).toBe(true);

    const connect = (key: string) =>
      run(CAIRN, ["connect", "claude-code", "--url", server.url, "--key", key], {
        cwd: home,
        env: environment(home),
      });
    expect((await connect(server.key)).stdout).not.toContain("does not answer");
    const refused = await connect(`cairn_local_nobody01_${"n".repeat(40)}`);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("401") });

    expect(statSync(join(server.state, "secret")).mode & 0o077).toBe(0);
    const made = await fetch(`${server.url}/v1/keys`, {
      method: "POST",
      headers: { Authorization: `Bearer ${server.key}` },
      body: JSON.stringify({ scope: "full", label: "outlives a stop" }),
    });
    const { key } = (await made.json()) as { key: string };

    const { runtimePid } = server.pids();
    expect(await server.stop()).toBe(0);
    expect(isAlive(runtimePid)).toBe(false);
    expect(server.output()).not.toContain("Received signal");

    const again = await startServer(home);
    expect(again.key).toBe(server.key);
    const headers = { Authorization: `Bearer ${key}` };
    expect((await fetch(`${again.url}/v1/projects`, { headers })).status).toBe(200);
    await again.stop();
  });

  it("takes over the databases of the first release, which lay in another folder", async () => {
    const home = temporaryFolder("server");
    const first = await startServer(home);
    const told = { session_id: "kept", hook_event_name: "UserPromptSubmit", prompt: "Keep this" };
    const headers = { Authorization: `Bearer ${first.key}` };
    const hook = await fetch(`${first.url}/hooks/claude-code`, {
      method: "POST",
      headers,
      body: JSON.stringify(told),
    });
    expect(hook.status).toBe(200);
    await first.stop();
    renameSync(join(first.state, "do"), join(first.state, "objects"));

    const second = await startServer(home);
    const view = await fetch(`${second.url}/v1/sessions/claude-code/kept`, { headers });
    expect(view.status).toBe(200);
    expect(readdirSync(second.state)).not.toContain("objects");
    expect(second.output()).not.toContain("second memory");
    await second.stop();

    // An empty folder of today's is no memory.
    renameSync(join(first.state, "do"), join(first.state, "objects"));
    mkdirSync(join(first.state, "do", "cairn-TeamObject"), { recursive: true });
    const third = await startServer(home);
    const again = await fetch(`${third.url}/v1/sessions/claude-code/kept`, { headers });
    expect(again.status).toBe(200);
    await third.stop();
  });

  it("never mixes two memories: what the first release wrote to a folder since stays, and is named", async () => {
    const home = temporaryFolder("server");
    const first = await startServer(home);
    await first.stop();
    const objects = join(first.state, "objects", "cairn-TeamObject");
    mkdirSync(objects, { recursive: true });
    writeFileSync(join(objects, "0.sqlite"), "what 0.1.0 wrote");
    const second = await startServer(home);
    expect(second.output()).toContain(`${join(first.state, "objects")} is a second memory`);
    expect(second.output()).toContain(`CAIRN_STATE=${first.state}-0.1.0 ${CAIRN} start`);
    await second.stop();
    expect(readFileSync(join(objects, "0.sqlite"), "utf8")).toBe("what 0.1.0 wrote");
    expect(readdirSync(join(first.state, "do"))).not.toEqual([]);
  });

  it("takes its runtime along when it is killed, and the next start clears what is left", async () => {
    const home = temporaryFolder("server");
    const first = await startServer(home);
    const { pid, runtimePid } = first.pids();
    process.kill(pid, "SIGKILL");
    expect(await goneWithin(() => isGroupAlive(runtimePid), GONE_WITHIN_MS)).toBe(true);

    const port = new URL(first.url).port;
    const second = await startServer(home, { PORT: port });
    expect(second.url).toBe(first.url);

    // As if the guard had been killed too: a runtime that holds the port, and a launcher gone.
    const orphan = second.pids().runtimePid;
    const note = readFileSync(join(second.state, "server.json"), "utf8");
    await second.stop();
    const third = await startServer(home, { PORT: port });
    const held = third.pids();
    writeFileSync(
      join(third.state, "server.json"),
      JSON.stringify({ ...JSON.parse(note), pid: orphan, runtimePid: held.runtimePid }),
    );
    const fourth = await startServer(home, { PORT: port });
    expect(isAlive(held.runtimePid)).toBe(false);
    expect(await third.ended).toBe(1);
    expect(third.output()).toContain("the runtime ended by itself");
    // The one that lost its folder has not taken the file of the one that has it now.
    expect(fourth.pids().pid).not.toBe(held.pid);
    expect(await isHealthy(fourth.url)).toBe(true);
    await fourth.stop();
  });

  it("takes the key that it is given, and says what is wrong with a setting", async () => {
    const home = temporaryFolder("server");
    const key = `cairn_acme_first001_${"f".repeat(40)}`;
    const server = await startServer(home, {
      CAIRN_KEY: `${key},cairn_b_second02_${"s".repeat(40)}`,
    });
    expect(server.key).toBe(key);
    await server.stop();
    expect(readdirSync(server.state)).not.toContain("key");
    for (const [extra, message] of [
      [{ CAIRN_KEY: "secret" }, "form of a key"],
      [{ PORT: "http" }, "PORT"],
      [{ PORT: "70000" }, "PORT"],
      [{ HOST: "a b" }, "HOST"],
      [{ HOST: "192.0.2.1" }, "cannot listen on 192.0.2.1"],
      [{ CAIRN_STATE: "/dev/null/x" }, "/dev/null/x"],
    ] as const) {
      const result = await cairnStart(home, extra);
      expect(result.code).toBe(1);
      expect(result.stderr).toContain(message);
      expect(result.stderr).not.toContain("    at ");
    }
  });

  it("names another program that has the port", async () => {
    const program = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => program.once("listening", resolve));
    const { port } = program.address() as { port: number };
    const result = await cairnStart(temporaryFolder("server"), { PORT: String(port) });
    expect(result.stderr).toContain(`another program already listens on 127.0.0.1:${port}`);
    program.close();
  });
});
