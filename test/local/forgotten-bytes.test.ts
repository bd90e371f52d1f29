import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { CAIRN, environment, removeTemporaryFolders, run, temporaryFolder } from "./cli-command.ts";
import { type LocalServer, startServer } from "./local-server.ts";

afterAll(removeTemporaryFolders);

const PROJECT = "github.com/acme/scrubbed";
/** Long enough to spill over pages of SQLite, in words that stand nowhere else. */
const MARKERS = ["zyxquokka", "zyxwombat", "zyxnumbat", "zyxbilby"] as const;

async function ask(server: LocalServer, method: string, path: string, body?: unknown) {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${server.key}`,
      "Content-Type": "application/json",
      "X-Cairn-Project": PROJECT,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(response.status, `${method} ${path}`).toBeLessThan(300);
  return (await response.json()) as { id: string; items: { id: string; title: string }[] };
}

async function turn(server: LocalServer, session: string, marker: string): Promise<void> {
  const hook = (hook_event_name: string, fields: object) =>
    ask(server, "POST", "/hooks/claude-code", {
      session_id: session,
      cwd: "/home/dev/app",
      prompt_id: "p1",
      hook_event_name,
      ...fields,
    });
  await hook("UserPromptSubmit", {
    prompt: `Teach the ${marker}. ${`Why ${marker}? `.repeat(400)}`,
  });
  await hook("PostToolUse", {
    tool_name: "Edit",
    tool_use_id: `toolu_${marker.length}`,
    tool_input: {
      file_path: "/home/dev/app/a.ts",
      old_string: "a",
      new_string: `${marker} `.repeat(900),
    },
    tool_response: { filePath: "/home/dev/app/a.ts" },
  });
  await hook("Stop", { last_assistant_message: `The ${marker} is taught: it was the cache.` });
  await ask(server, "POST", `/v1/sessions/claude-code/${session}/flush?wait=1`);
}

/** Which markers stand in which files of the state folder. */
function found(state: string): string[] {
  return readdirSync(state, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => {
      const path = join(entry.parentPath, entry.name);
      const bytes = readFileSync(path).toString("latin1").toLowerCase();
      return MARKERS.filter((marker) => bytes.includes(marker)).map(
        (marker) => `${marker} in ${relative(state, path).replace(/\/[0-9a-f]{64}/, "/…")}`,
      );
    });
}

/** Teaches, forgets a session, and deletes what was saved and learnt of others. */
async function teachAndForget(server: LocalServer): Promise<void> {
  await turn(server, "stays", "zyxbilby");
  await turn(server, "forgotten", "zyxquokka");
  await turn(server, "in-part", "zyxnumbat");
  const saved = await ask(server, "POST", "/v1/observations", {
    project: PROJECT,
    title: "The zyxwombat digs",
    narrative: "zyxwombat ".repeat(500),
  });
  expect(found(server.state).length).toBeGreaterThanOrEqual(MARKERS.length);
  await ask(server, "DELETE", "/v1/sessions/claude-code/forgotten?forget=1");
  await ask(server, "DELETE", `/v1/observations/${saved.id}`);
  const query = `project=${PROJECT}&session=in-part&limit=50`;
  for (const kind of ["observations", "summaries"]) {
    const { items } = await ask(server, "GET", `/v1/${kind}?${query}`);
    for (const { id } of items) await ask(server, "DELETE", `/v1/observations/${id}`);
  }
  const { items } = await ask(server, "GET", `/v1/search?q=zyxnumbat&project=${PROJECT}`);
  for (const { id } of items) await ask(server, "DELETE", `/v1/observations/${id}`);
}

describe("what was removed", { timeout: 60_000 }, () => {
  it("stands in no file any more after the server's stop", async () => {
    const server = await startServer(temporaryFolder("scrub"));
    await teachAndForget(server);
    expect(await server.stop()).toBe(0);
    const left = found(server.state);
    expect(left.filter((place) => !place.startsWith("zyxbilby"))).toEqual([]);
    expect(left.length).toBeGreaterThan(0);
  });

  it("is gone by the command too where the server was killed, and what stays is all there", async () => {
    const home = temporaryFolder("scrub");
    const server = await startServer(home);
    await teachAndForget(server);
    const { pid, runtimePid } = server.pids();
    process.kill(-runtimePid, "SIGKILL");
    process.kill(pid, "SIGKILL");
    await server.ended;
    const done = await run(CAIRN, ["scrub"], { cwd: home, env: environment(home) });
    expect(done).toMatchObject({ code: 0, stdout: expect.stringMatching(/Rewrote \d+ databases/) });
    expect(found(server.state).filter((place) => !place.startsWith("zyxbilby"))).toEqual([]);
    const again = await startServer(home);
    const refused = await run(CAIRN, ["scrub"], { cwd: home, env: environment(home) });
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("already runs") });
    const { items } = await ask(again, "GET", `/v1/search?q=zyxbilby&project=${PROJECT}`);
    expect(items.length).toBeGreaterThan(0);
    await turn(again, "stays", "zyxbilby");
    await again.stop();
  });
});
