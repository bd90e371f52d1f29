import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { call, listAll } from "../../src/cli/api.ts";
import { ObservationSchema } from "../../src/contract/items.ts";
import { SessionViewSchema } from "../../src/contract/sessions.ts";
import { CAIRN, environment, removeTemporaryFolders, run, temporaryFolder } from "./cli-command.ts";
import { type LocalServer, startServer } from "./local-server.ts";

/** Every step starts processes, on machines that may be busy. */
const PROCESSES_MS = 120_000;
const RECORDING = fileURLToPath(new URL("../fixtures/claude-code-hooks.jsonl", import.meta.url));
const PROJECT = "github.com/acme/replayed";
/** How long the recording takes when it is sent slowly enough to be interrupted. */
const SLOW_REPLAY_MS = 4_000;

const lines = readFileSync(RECORDING, "utf8").trimEnd().split("\n");
const hooks = lines.map((line) => JSON.parse(line));
const session = `claude-code/${hooks[0].hook.session_id}`;
const recordedMs = Date.parse(hooks.at(-1).at) - Date.parse(hooks[0].at);

function replay(home: string, ...args: string[]) {
  return run(CAIRN, ["replay", RECORDING, "--project", PROJECT, ...args], {
    cwd: home,
    env: environment(home),
  });
}

/** What is known of the session, without what differs from run to run. */
async function known(server: LocalServer) {
  const view = await call(server, `sessions/${session}`, SessionViewSchema);
  const query = { project: PROJECT, session };
  const observations = await listAll(server, "observations", ObservationSchema, query);
  const cited = new Set(observations.flatMap((observation) => observation.sources));
  return { events: view.events, project: view.project, cited: [...cited].sort() };
}

async function storedSoFar(server: LocalServer): Promise<number> {
  try {
    const { events } = await call(server, `sessions/${session}`, SessionViewSchema);
    return Object.values(events).reduce((sum, some) => sum + some, 0);
  } catch {
    return 0;
  }
}

afterAll(removeTemporaryFolders);

describe("cairn replay", { timeout: PROCESSES_MS }, () => {
  it("sends a recording, waits, tells what was learnt, and stores nothing twice", async () => {
    const home = temporaryFolder("replay");
    const server = await startServer(home);
    const first = await replay(home);
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(/\d+ stored/);
    expect(first.stdout).toContain(PROJECT);
    expect(first.stdout).toMatch(/learnt +[1-9]\d* observations/);
    expect(first.stderr).toContain(`${lines.length}/${lines.length}`);
    const once = await known(server);
    expect(once.events).toMatchObject({ pending: 0, leased: 0, dead: 0 });

    const second = await replay(home);
    expect(second.stdout).not.toMatch(/\d stored/);
    expect(await known(server)).toEqual(once);

    const other = await replay(home, "--session-suffix", "-again");
    expect(other.stdout).toContain(`${session}-again`);
    expect(other.stdout).toMatch(/\d+ stored/);
    await server.stop();
  });

  it("loses nothing when everything is killed in its middle", async () => {
    const calmHome = temporaryFolder("replay");
    const calm = await startServer(calmHome);
    await replay(calmHome);
    const wanted = await known(calm);
    await calm.stop();

    const home = temporaryFolder("replay");
    const server = await startServer(home);
    const running = replay(home, "--speed", String(recordedMs / SLOW_REPLAY_MS));
    await expect
      .poll(() => storedSoFar(server), { timeout: 30_000, interval: 50 })
      .toBeGreaterThan(8);
    const { pid, runtimePid } = server.pids();
    process.kill(runtimePid, "SIGKILL");
    process.kill(pid, "SIGKILL");
    await server.ended;
    const again = await startServer(home, { PORT: new URL(server.url).port });
    const interrupted = await running;
    expect(interrupted.code).toBe(0);
    expect(interrupted.stderr).toContain("trying again");
    await replay(home);
    const after = await known(again);
    expect(after.events.done + after.events.skipped).toBe(
      wanted.events.done + wanted.events.skipped,
    );
    expect(after).toMatchObject({ project: wanted.project, cited: wanted.cited });
    await again.stop();
  });

  it("names the lines that it cannot read, and goes on", async () => {
    const home = temporaryFolder("replay");
    const server = await startServer(home);
    const file = join(home, "broken.jsonl");
    const bad = [
      "{",
      '{"at": "yesterday", "hook": {"session_id": "x"}}',
      '{"at": "2026-01-01T00:00:00Z"}',
    ];
    writeFileSync(file, [lines[0], ...bad, "", lines[1]].join("\n"));
    const result = await run(CAIRN, ["replay", file], { cwd: home, env: environment(home) });
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/broken\.jsonl:2: not JSON/);
    expect(result.stderr).toMatch(/broken\.jsonl:3: at: /);
    expect(result.stderr).toMatch(/broken\.jsonl:4: hook: /);
    expect(result.stderr).toContain("2/2");
    const refused = await run(
      CAIRN,
      ["replay", file, "--key", `cairn_local_nobody01_${"n".repeat(40)}`, "--url", server.url],
      { cwd: home, env: environment(home) },
    );
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("401") });

    // As Copilot CLI also writes it, with the session in a member of another name.
    const hook = { sessionId: "cop-9", timestamp: 1_764_000_000_000, prompt: "Hi there" };
    writeFileSync(file, JSON.stringify({ at: "2026-11-20T09:00:00Z", hook }));
    const copilot = await run(
      CAIRN,
      ["replay", "--agent", "copilot-cli", "--session-suffix", "-b", file],
      { cwd: home, env: environment(home) },
    );
    expect(copilot).toMatchObject({ code: 0, stdout: expect.stringContaining("1 stored") });
    expect(copilot.stdout).toContain("Session copilot-cli/cop-9-b");
    await server.stop();
    const none = await run(CAIRN, ["replay", join(home, "none.jsonl")], {
      cwd: home,
      env: environment(home),
    });
    expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining("cannot read") });
  });
});

describe("what people ask for", { timeout: PROCESSES_MS }, () => {
  it("answers for the repository of the current folder, and says when there is no server", async () => {
    const home = temporaryFolder("recall");
    const options = { cwd: home, env: environment(home) };
    const server = await startServer(home);
    await replay(home);
    await run("git", ["init", "-q"], options);
    await run("git", ["remote", "add", "origin", "git@github.com:Acme/replayed.git"], options);
    const cairn = (...args: string[]) => run(CAIRN, args, options);
    expect((await cairn("context")).stdout).toContain(`(${PROJECT}, about `);
    const context = await cairn("context", "--project", "github.com/acme/nothing");
    expect(context.stdout).toContain("Nothing is known about github.com/acme/nothing yet");
    expect((await cairn("search", "tests")).stdout).toMatch(/\d+-\d+, 2026-11-02/);
    expect((await cairn("search", "zyxwvu")).stdout).toContain("Nothing found");
    const pasted = await cairn("search", "git", "commit", "-am", "--no-verify", "tests");
    expect(pasted.stdout).toMatch(/\d+-\d+, 2026-11-02/);
    expect((await cairn("sessions")).stdout).toContain(session);
    expect((await cairn("status")).stdout).toContain(server.url);
    const doctor = await cairn("doctor", "--json");
    expect(JSON.parse(doctor.stdout).ok).toBe(doctor.code === 0);
    expect(doctor.code).toBe(0);
    await server.stop();
    const down = await cairn("context");
    expect(down).toMatchObject({ code: 1, stderr: expect.stringContaining("start") });
    expect(down.stderr).toContain(server.url);
  });
});
