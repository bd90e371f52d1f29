import { listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import recording from "../fixtures/claude-code-hooks.jsonl?raw";
import { call, get, hook, KEY, payload, settle } from "../support/api.ts";

interface Recorded {
  at: string;
  hook: { session_id: string; hook_event_name: string };
}
const recorded: Recorded[] = recording
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Recorded);

const fresh = () => `session ${crypto.randomUUID()}`;
const remote = () => `git@github.com:acme/${crypto.randomUUID()}.git`;

/** Replays the recorded session under a new id. */
async function replay(sessionId: string, project: string, cwd?: string) {
  const outcomes: [string, string | null][] = [];
  for (const { at, hook: recordedHook } of recorded) {
    const sent = { ...recordedHook, session_id: sessionId, ...(cwd === undefined ? {} : { cwd }) };
    const answer = await hook(sent, { "X-Cairn-At": at, "X-Cairn-Project": project });
    expect(answer.status).toBe(200);
    expect(answer.body).toBeTypeOf("object");
    outcomes.push([recordedHook.hook_event_name, answer.event]);
  }
  return outcomes;
}

describe("a recorded session through the hooks", () => {
  it("is stored event by event, becomes memory, and is given to the next session", async () => {
    const sessionId = fresh();
    const project = remote();
    const outcomes = await replay(sessionId, project);
    expect(Object.fromEntries(outcomes)).toMatchObject({
      Setup: "ignored",
      SessionStart: "noted",
      UserPromptSubmit: "stored",
      PostToolUse: "stored",
      PostToolUseFailure: "stored",
      Stop: "stored",
      PostCompact: "stored",
      PreCompact: "noted",
      StopFailure: "noted",
      SessionEnd: "noted",
    });
    const view = await settle(sessionId);
    expect(view.events).toMatchObject({ pending: 0, leased: 0, dead: 0 });
    const stored = outcomes.filter(([, outcome]) => outcome === "stored").length;
    const ignoredFile = 1;
    expect(view.events.done + view.events.skipped).toBe(stored + ignoredFile);
    await expect.poll(async () => (await settle(sessionId)).state).toBe("closed");

    // A retry of everything changes nothing.
    const again = await replay(sessionId, project);
    expect(again.filter(([, outcome]) => outcome === "stored")).toEqual([]);
    expect((await settle(sessionId)).events).toEqual(view.events);

    const query = `project=${encodeURIComponent(project)}`;
    const { body: memory } = await get(`/v1/observations?${query}&limit=100&activity=1`);
    const text = JSON.stringify(memory);
    expect(text).toContain("money.ts");
    for (const gone of ["Zurich", "correct-horse-battery"]) expect(text).not.toContain(gone);
    for (const item of memory.items) {
      expect(item.title.length).toBeLessThanOrEqual(90);
      expect(item.sources.length).toBeGreaterThan(0);
      expect(item).toMatchObject({ session: `claude-code/${sessionId}`, provider: "extractive" });
    }
    const titles = memory.items.map((item: { title: string }) => item.title);
    expect(new Set(titles).size).toBe(titles.length);
    const { body: summaries } = await get(`/v1/summaries?${query}`);
    expect(summaries.items.map((s: { prompt_number: number }) => s.prompt_number).sort()).toEqual([
      1, 2,
    ]);
    const { body: search } = await get(`/v1/search?q=cents+rounding&${query}`);
    expect(search.items[0].sources.length).toBeGreaterThan(0);
    const { body: sources } = await get(`/v1/observations/${memory.items[0].id}/sources`);
    expect(sources.kept.length).toBeGreaterThan(0);

    // The next session, in another clone of the repository, starts with it.
    const https = project.replace("git@github.com:", "https://dev:pw@github.com/").toUpperCase();
    const next = fresh();
    const start = await hook(payload(next, "SessionStart", { source: "startup" }), {
      "X-Cairn-Project": https,
    });
    expect(start.event).toBe("noted");
    expect(start.body.hookSpecificOutput.hookEventName).toBe("SessionStart");
    const context = start.body.hookSpecificOutput.additionalContext;
    expect(context).toContain("toCents");
    expect(context.length).toBeLessThan(9_500);
    // It was given, so the prompt's answer does not repeat it.
    const prompt = await hook(
      payload(next, "UserPromptSubmit", { prompt: "Hello", prompt_id: "n1" }),
    );
    expect(JSON.stringify(prompt.body)).not.toContain(context.slice(0, 200));
    // Resumed, there is nothing newer; compacted, it begins anew.
    const resumed = await hook(payload(next, "SessionStart", { source: "resume" }));
    expect(resumed.body).toEqual({});
    const compacted = await hook(payload(next, "SessionStart", { source: "compact" }));
    expect(compacted.body.hookSpecificOutput.additionalContext).toContain("toCents");
  });

  it("keeps two repositories with one folder name apart, and clones of one together", async () => {
    const [one, two] = [remote(), remote()];
    const sessions = [fresh(), fresh(), fresh()];
    await replay(sessions[0] ?? "", one, "/home/a/app");
    await replay(sessions[1] ?? "", one, "/home/b/app-worktree");
    await replay(sessions[2] ?? "", two, "/home/a/app");
    for (const session of sessions) await settle(session);
    const listed = async (project: string) =>
      (await get(`/v1/sessions?project=${encodeURIComponent(project)}`)).body.items
        .map((item: { session: string }) => item.session)
        .sort();
    expect(await listed(one)).toEqual(
      [`claude-code/${sessions[0]}`, `claude-code/${sessions[1]}`].sort(),
    );
    expect(await listed(two)).toEqual([`claude-code/${sessions[2]}`]);
  });

  it("never answers Stop with context, nor anything that it does not know with an error", async () => {
    const sessionId = fresh();
    const stop = await hook(
      payload(sessionId, "Stop", { last_assistant_message: "Done", prompt_id: "p" }),
    );
    expect(stop).toMatchObject({ status: 200, event: "stored", body: {} });
    const future = await hook(payload(sessionId, "SomethingNew", { odd: [1, { two: 3 }] }));
    expect(future).toMatchObject({ status: 200, event: "unknown", body: {} });
  });
});

describe("a large body", () => {
  const large = (sessionId: string, response: unknown) =>
    payload(sessionId, "PostToolUse", {
      tool_name: "Bash",
      tool_use_id: "t1",
      tool_input: { command: "cat big" },
      tool_response: response,
    });
  const out = (bytes: number) => ({
    stdout: `first line\n${"line of text ".repeat(bytes / 13)}\nlast line, walrus`,
    stderr: "",
  });

  it.each([17_000, 60_000, 200_000, 20_000_000])(
    "of %i bytes is stored once, cut in its middle",
    async (bytes) => {
      const sessionId = fresh();
      const body = large(sessionId, out(bytes));
      expect(await hook(body)).toMatchObject({ status: 200, event: "stored", body: {} });
      expect(await hook(body)).toMatchObject({ status: 200, event: "duplicate" });
      expect((await settle(sessionId)).events).toMatchObject({ pending: 0, done: 1 });
      const { items } = (await get("/v1/search?q=walrus&activity=1")).body;
      const { body: sources } = await get(`/v1/observations/${items[0].id}/sources`);
      const told = JSON.stringify(sources);
      expect(told).toContain("first line");
      expect(told).toContain("last line");
      expect(told).not.toContain("cut:");
    },
  );

  it("is a session's first as well as any: a prompt begins its turn", async () => {
    const sessionId = fresh();
    const prompt = `Why does this fail?\n${"some words of a log ".repeat(2_000)}`;
    const asked = payload(sessionId, "UserPromptSubmit", { prompt, prompt_id: "p1" });
    expect(await hook(asked)).toMatchObject({ status: 200, event: "stored" });
    const stop = payload(sessionId, "Stop", { last_assistant_message: "The disk was full." });
    const project = remote();
    expect(await hook(stop, { "X-Cairn-Project": project })).toMatchObject({ event: "stored" });
    await settle(sessionId);
    const { items } = (await get(`/v1/summaries?project=${encodeURIComponent(project)}`)).body;
    expect(items).toMatchObject([{ prompt_number: 1, completed: "The disk was full." }]);
    expect(items[0].request).toMatch(/^Why does this fail\?/);
  });

  it("is read whole where its beginning does not say whose it is", async () => {
    const sessionId = fresh();
    const { session_id: _, ...rest } = large(sessionId, out(300_000));
    expect(await hook({ ...rest, session_id: sessionId })).toMatchObject({ event: "stored" });
    expect((await settle(sessionId)).events).toMatchObject({ done: 1 });
  });

  it("that is no JSON, breaks off or is no hook is an error that says so, and stores nothing", async () => {
    const sessionId = fresh();
    const json = JSON.stringify(large(sessionId, out(100_000)));
    const { hook_event_name: _, ...unnamed } = large(sessionId, out(100_000));
    for (const [body, code] of [
      [json.slice(0, -2), "not_json"],
      [`${json}}`, "not_json"],
      [`${" ".repeat(20_000)}<html>`, "not_json"],
      [" ".repeat(100_000), "empty_body"],
      [JSON.stringify(unnamed), "no_hook_event_name"],
      [JSON.stringify("x".repeat(100_000)), "not_an_object"],
    ] as const) {
      expect(await hook(body)).toMatchObject({ status: 400, body: { error: { code } } });
    }
    const path = `/v1/sessions/claude-code/${encodeURIComponent(sessionId)}`;
    expect((await get(path)).status).toBe(404);
  });
});

describe("bad input", () => {
  const sessionId = fresh();
  const good = payload(sessionId, "UserPromptSubmit", { prompt: "Hi", prompt_id: "p" });
  it.each([
    ["no JSON", "{not json", 400, "not_json"],
    ["nothing", "", 400, "empty_body"],
    ["an array", "[]", 400, "not_an_object"],
    ["a string", '"hook"', 400, "not_an_object"],
    [
      "no session id",
      JSON.stringify({ ...good, session_id: undefined }),
      400,
      "invalid_session_id",
    ],
    [
      "a session id of 300 characters",
      JSON.stringify({ ...good, session_id: "x".repeat(300) }),
      400,
      "invalid_session_id",
    ],
    [
      "a session id with a line break",
      JSON.stringify({ ...good, session_id: "a\nb" }),
      400,
      "invalid_session_id",
    ],
  ])("%s is an error that says what to do", async (_name, body, status, code) => {
    const answer = await hook(body);
    expect(answer).toMatchObject({ status, event: null, body: { error: { code } } });
    expect(answer.body.error.message.length).toBeGreaterThan(20);
  });

  it("of more than 64 MiB is refused with 413", async () => {
    const huge = payload(fresh(), "UserPromptSubmit", { prompt: "x".repeat(68_000_000) });
    expect(await hook(huge)).toMatchObject({ status: 413, body: { error: { code: "too_large" } } });
  });

  it("with control characters and broken UTF-8 is tolerated", async () => {
    const text = JSON.stringify(
      payload(fresh(), "UserPromptSubmit", { prompt: "a\u0000b\ud800c", prompt_id: "p" }),
    );
    expect(await hook(text)).toMatchObject({ status: 200, event: "stored" });
    const bytes = new TextEncoder().encode(
      JSON.stringify(payload(fresh(), "UserPromptSubmit", { prompt: "xx", prompt_id: "p" })),
    );
    const broken = bytes.map((byte) => (byte === 0x78 ? 0xff : byte));
    const response = await call("POST", "/hooks/claude-code", { body: broken });
    expect(response.status).toBe(200);
  });

  it("of ids and folders without end, or with a secret in a header, leaves none of it behind", async () => {
    const id = fresh();
    const secret = `ghp_${"aB3dE5gH7j".repeat(4).slice(0, 36)}`;
    const start = payload(id, "SessionStart", { source: "startup", cwd: "/x".repeat(1_500_000) });
    expect(await hook(start, { "X-Cairn-Branch": `fix/${secret}` })).toMatchObject({ status: 200 });
    const endless = { prompt: "Go on", prompt_id: "p".repeat(3_000_000) };
    expect(await hook(payload(id, "UserPromptSubmit", endless))).toMatchObject({ event: "stored" });
    // An empty id is none: the turn is private until the next prompt.
    const hidden = { prompt: "<private>secret plan</private>", prompt_id: "" };
    expect((await hook(payload(id, "UserPromptSubmit", hidden))).event).toBe("private");
    const tool = { tool_name: "Bash", tool_use_id: "t1", tool_input: {}, prompt_id: "" };
    expect((await hook(payload(id, "PostToolUse", tool))).event).toBe("private");
    const stub = env.SESSIONS.getByName(`local/claude-code/${id}`);
    const stored = await runInDurableObject(stub, (_object, state) =>
      JSON.stringify(
        ["session", "events"].map((table) =>
          state.storage.sql.exec(`SELECT * FROM ${table}`).toArray(),
        ),
      ),
    );
    expect(stored.length).toBeLessThan(5_000);
    expect(stored).toContain("fix/[redacted:");
    expect(stored).not.toContain(secret);
  });

  it("of an agent without an adapter here is an error, and creates nothing", async () => {
    const before = (await listDurableObjectIds(env.SESSIONS)).length;
    const response = await call("POST", "/hooks/nobody", { body: JSON.stringify(good) });
    expect(response.status).toBe(400);
    expect((await listDurableObjectIds(env.SESSIONS)).length).toBe(before);
  });

  it.each([
    ["none", {}, "missing_key"],
    ["a malformed one", { Authorization: "Bearer nonsense" }, "malformed_key"],
    ["a wrong secret", { Authorization: `Bearer ${KEY.slice(0, -1)}x` }, "unknown_key"],
    [
      "one of a team that is not there",
      { Authorization: `Bearer cairn_ghost_abcd1234_${"g".repeat(40)}` },
      "unknown_key",
    ],
  ])("a key: %s is a 401 that creates nothing", async (_name, headers, code) => {
    const before = (await listDurableObjectIds(env.TEAMS)).length;
    const response = await call("POST", "/hooks/claude-code", {
      body: JSON.stringify(good),
      headers: { Authorization: "", ...headers },
    });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { code } });
    expect((await listDurableObjectIds(env.TEAMS)).length).toBeLessThanOrEqual(Math.max(1, before));
  });
});
