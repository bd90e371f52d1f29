/// <reference types="vite/types/importMeta.d.ts" />
import { describe, expect, it } from "vitest";
import { HOOK_CONTEXT_MAX_CHARS } from "../../src/contract/limits.ts";
import { adapterOf } from "../../src/hooks/adapters.ts";
import { nestedAnswer } from "../../src/hooks/answer.ts";
import { CLAUDE_CODE } from "../../src/hooks/claude-code/dialect.ts";
import { isNotice } from "../../src/hooks/claude-code/notices.ts";
import { eventTime, type HookAction } from "../../src/hooks/hook-action.ts";
import { readHook } from "../../src/hooks/read-hook.ts";
import { toolOutput } from "../../src/hooks/tool-output.ts";
import type { IncomingEvent } from "../../src/memory/event.ts";
import { EVENT_MAX_BYTES } from "../../src/privacy/limits.ts";

const NOW = Date.parse("2026-11-10T12:00:00Z");
const BASE = { session_id: "s-1", cwd: "/app", transcript_path: "/t", prompt_id: "p-1" };

const fixtures = import.meta.glob<string>("../fixtures/claude-code-hooks.jsonl", {
  query: "?raw",
  import: "default",
});
/** Recorded sessions that stand beside the repository on some machines. */
const recordings = import.meta.glob<string>("../../../shared/data/claude-code-sessions/*.jsonl", {
  query: "?raw",
  import: "default",
});

function adapt(hook: unknown, context: { eventId?: string; at?: string; globs?: string[] } = {}) {
  return readHook(CLAUDE_CODE, hook, {
    eventId: context.eventId ?? null,
    at: context.at ?? null,
    now: NOW,
    ignoreGlobs: context.globs ?? [],
  });
}

function eventOf(action: HookAction): IncomingEvent {
  if (action.do !== "event") throw new Error(`expected an event, got ${action.do}`);
  return action.event;
}

function toolUse(tool_name: string, tool_input: unknown, tool_response: unknown): IncomingEvent {
  const hook = { ...BASE, hook_event_name: "PostToolUse", tool_use_id: "t-1" };
  return eventOf(adapt({ ...hook, tool_name, tool_input, tool_response }));
}

function adaptLines(text: string): HookAction[] {
  return text
    .trim()
    .split("\n")
    .map((line) => {
      const { at, hook } = JSON.parse(line) as { at: string; hook: unknown };
      return adapt(hook, { at });
    });
}

function counts(actions: HookAction[]): Record<string, number> {
  const result: Record<string, number> = {};
  for (const action of actions) {
    const skip = action.do === "event" ? action.event.skip : null;
    const name =
      action.do === "event" ? action.event.kind + (skip === null ? "" : ` ${skip}`) : action.do;
    result[name] = (result[name] ?? 0) + 1;
  }
  return result;
}

describe("Claude Code's hooks", () => {
  it("adapts a whole session, each hook to what it is", async () => {
    const [load] = Object.values(fixtures);
    const actions = adaptLines((await load?.()) ?? "");
    expect(counts(actions)).toEqual({
      session_start: 2,
      prompt: 3,
      tool_use: 13,
      "tool_use ignored": 1,
      tool_failure: 3,
      turn_end: 2,
      subagent_end: 1,
      compaction: 1,
      note: 1,
      ignore: 4,
      turn_failed: 1,
      session_end: 1,
    });
    const json = JSON.stringify(actions);
    expect(json).not.toMatch(/correct-horse|Zurich/);
    expect(json).toContain("postgres://tally:[redacted:connection-string]@db.example.com/ledger");
    const events = actions.flatMap((action) => (action.do === "event" ? [action.event] : []));
    expect(new Set(events.map((event) => event.identity)).size).toBe(events.length);
    expect(
      events.flatMap((event) => ("tool" in event.body ? event.body.files_modified : [])),
    ).toEqual(
      ["money.ts", "currency.ts", "cli.ts", "report.ts"].map(
        (name) => `/home/dev/src/tallybook/src/${name}`,
      ),
    );
    const inSubagent = events.filter((event) => "tool" in event.body && event.body.agent_type);
    expect(inSubagent).toHaveLength(2);
  });

  it("adapts every hook of the recorded sessions, where they are there", async () => {
    for (const load of Object.values(recordings)) {
      const actions = adaptLines(await load());
      const { invalid, unknown, ...known } = counts(actions);
      expect([invalid, unknown]).toEqual([undefined, undefined]);
      expect(known).toMatchObject({ session_start: 1, session_end: 1, compaction: 1, note: 1 });
      for (const action of actions) {
        if (action.do !== "event") continue;
        const { kind, body } = action.event;
        expect(Buffer.byteLength(JSON.stringify({ kind, body }))).toBeLessThanOrEqual(
          EVENT_MAX_BYTES,
        );
      }
    }
  });

  it("refuses only what is no payload of this agent, and says what to do", () => {
    const cases: [unknown, string][] = [
      [null, "not_an_object"],
      ["x", "not_an_object"],
      [[BASE], "not_an_object"],
      [{}, "no_hook_event_name"],
      [{ ...BASE, hook_event_name: 7 }, "no_hook_event_name"],
      [{ hook_event_name: "Stop" }, "invalid_session_id"],
      [{ ...BASE, session_id: 7, hook_event_name: "Stop" }, "invalid_session_id"],
      [{ ...BASE, session_id: "", hook_event_name: "Stop" }, "invalid_session_id"],
      [{ ...BASE, session_id: "x".repeat(300), hook_event_name: "Stop" }, "invalid_session_id"],
      [{ ...BASE, session_id: "a\nb", hook_event_name: "Stop" }, "invalid_session_id"],
      [{ conversation_id: "c", hook_event_name: "beforeSubmitPrompt" }, "invalid_session_id"],
    ];
    for (const [hook, code] of cases) {
      const action = adapt(hook);
      expect([hook, action]).toEqual([hook, { do: "invalid", code, message: expect.any(String) }]);
    }
    expect(adapt({ ...BASE, hook_event_name: "BeforeTool", turn_id: "x" }).do).toBe("unknown");
    expect(adapt({ ...BASE, hook_event_name: "constructor" }).do).toBe("unknown");
  });

  it("tolerates fields of a wrong type and fields that are missing", () => {
    const names = [
      "SessionStart SessionEnd UserPromptSubmit PostToolUse PostToolUseFailure Stop StopFailure",
      "SubagentStop PreCompact PostCompact PreToolUse Notification Setup",
    ];
    for (const hook_event_name of names.join(" ").split(" ")) {
      const wrong = {
        prompt: 7,
        tool_name: {},
        tool_input: "x",
        tool_use_id: [],
        source: 1,
        cwd: 5,
      };
      for (const fields of [{}, wrong, { prompt: null, last_assistant_message: null, error: {} }]) {
        const action = adapt({ session_id: "s-1", hook_event_name, ...fields });
        expect(["invalid", "unknown"]).not.toContain(action.do);
      }
    }
  });

  it("tolerates what is nested without end, wherever it stands", () => {
    const deep: unknown = JSON.parse(`${"[".repeat(50_000)}${"]".repeat(50_000)}`);
    const use = { ...BASE, hook_event_name: "PostToolUse", tool_name: "Ask", tool_use_id: "t" };
    const responses = [
      deep,
      { x: deep },
      { answers: { q: deep } },
      { content: deep },
      { file: deep },
    ];
    for (const tool_response of responses) {
      expect(adapt({ ...use, tool_input: { x: deep }, tool_response }).do).toBe("event");
    }
  });

  it("makes a turn's end of every Stop, and of no SubagentStop", () => {
    const stop = { ...BASE, hook_event_name: "Stop" };
    expect(eventOf(adapt({ ...stop, last_assistant_message: "done" }))).toMatchObject({
      kind: "turn_end",
      body: { text: "done" },
      promptId: "p-1",
      skip: null,
    });
    expect(eventOf(adapt(stop))).toMatchObject({ kind: "turn_end", skip: "empty" });
    const subagent = { ...BASE, hook_event_name: "SubagentStop", agent_id: "a1" };
    const message = { last_assistant_message: "found it" };
    expect(adapt({ ...subagent, ...message, agent_type: "" }).do).toBe("ignore");
    expect(eventOf(adapt({ ...subagent, ...message, agent_type: "Explore" }))).toMatchObject({
      kind: "subagent_end",
      subject: "a1",
      body: { text: "found it", label: "Explore" },
    });
  });

  it("tells a private prompt from one that is private in part", () => {
    const hook = { ...BASE, hook_event_name: "UserPromptSubmit" };
    expect(adapt({ ...hook, prompt: "<private>no word of this" })).toMatchObject({
      do: "private_prompt",
      promptId: "p-1",
      sessionId: "s-1",
    });
    const event = eventOf(adapt({ ...hook, prompt: "do it <private>quietly</private>" }));
    expect(event.body).toEqual({ text: "do it", notice: false });
    const injected = { ...hook, prompt: "<system-reminder>x</system-reminder>" };
    expect(eventOf(adapt(injected))).toMatchObject({ kind: "prompt", skip: "empty" });
  });

  it("keeps of a call on an ignored file nothing but its tool and path", () => {
    const read = toolUse("Read", { file_path: "/app/.env" }, { file: { content: "KEY=abc" } });
    expect(read).toMatchObject({
      skip: "ignored",
      body: { tool: "Read", input: { file_path: "/app/.env" }, output: "" },
    });
    const bash = toolUse(
      "Bash",
      { command: "cat .env", description: "KEY?" },
      { stdout: "KEY=abc" },
    );
    expect(bash).toMatchObject({ skip: "ignored", body: { tool: "Bash", input: {}, output: "" } });
    const hook = { ...BASE, hook_event_name: "PostToolUse", tool_name: "Read" };
    const own = { ...hook, tool_input: { file_path: "/app/plan.secret" }, tool_response: "x" };
    expect(eventOf(adapt(own, { globs: ["*.secret"] })).skip).toBe("ignored");
    expect(eventOf(adapt(own)).skip).toBe(null);
  });

  it("names the event's time and identity by what the client sends", () => {
    const hook = { ...BASE, hook_event_name: "PostToolUse", tool_name: "Bash", tool_input: {} };
    const earlier = "2026-11-02T09:00:00.000Z";
    expect(adapt(hook, { at: earlier, eventId: "e-1" })).toMatchObject({
      at: Date.parse(earlier),
      event: {
        at: Date.parse(earlier),
        identity: expect.stringMatching(/^header:tool_use:[0-9a-f]{32}$/),
        identityScope: "session",
      },
    });
    expect(eventOf(adapt(hook)).identityScope).toBe("newest");
    expect(eventTime("2026-11-11T00:00:00Z", NOW)).toBe(NOW);
    for (const bad of [null, "", "soon", "7", "2026-99-99"]) expect(eventTime(bad, NOW)).toBe(NOW);
  });

  it("knows a prompt that is only the agent's own notice", () => {
    const notice = "<task-notification>\n<status>done</status>\n</task-notification>";
    expect(isNotice(notice)).toBe(true);
    expect(isNotice(`${notice}\n${notice}\n`)).toBe(true);
    expect(isNotice(`${notice} and now the tests`)).toBe(false);
    expect(isNotice("<task-notification>cut")).toBe(false);
    expect(isNotice("add a task-notification")).toBe(false);
  });
});

describe("what tools gave back", () => {
  it("tells it as text, whatever envelope it came in", () => {
    const hunk = { oldStart: 1, oldLines: 1, newStart: 1, newLines: 1, lines: ["-a", "+b"] };
    const file = { content: "x\ny\n", filePath: "/a", startLine: 5, numLines: 2, totalLines: 9 };
    const cases: [unknown, unknown][] = [
      [{ stdout: "out\n", stderr: "warn", interrupted: false }, "out\n\nwarn"],
      [{ stdout: "", stderr: "", interrupted: true }, "[interrupted]"],
      [{ stdout: "", backgroundTaskId: "b1" }, "[goes on in the background as b1]"],
      [{ originalFile: "long", structuredPatch: [hunk] }, "@@ -1,1 +1,1 @@\n-a\n+b"],
      [{ type: "create", content: "a\nb\n", structuredPatch: [] }, "[created, 2 lines]"],
      [{ structuredPatch: [], oldString: "a\nb", newString: "c" }, "-a\n-b\n+c"],
      [{ type: "text", file: { ...file, startLine: 1, numLines: 9 } }, "x\ny\n"],
      [{ type: "text", file }, "[lines 5-6 of 9]\nx\ny\n"],
      [
        { type: "image", file: { base64: "A".repeat(4096), type: "image/png" } },
        "[image/png, 3 KB]",
      ],
      [
        { filenames: ["a.ts", "b.ts"], numFiles: 2, truncated: true },
        "a.ts\nb.ts\n[there are more]",
      ],
      [{ filenames: [], mode: "content", content: "a:1:x" }, "a:1:x"],
      [{ filenames: [], numFiles: 0 }, "[nothing found]"],
      [{ status: "completed", content: [{ type: "text", text: "it is so" }] }, "it is so"],
      [
        [
          { type: "text", text: "one" },
          { type: "text", text: "two" },
        ],
        "one\ntwo",
      ],
      [{ answers: { "Which one?": "the first" } }, "Which one? -> the first"],
      [
        { task: { description: "tests", status: "done", exitCode: 1, output: "bad" } },
        "[tests: done, exit code 1]\nbad",
      ],
      [{ code: 404, result: "no page" }, "[HTTP 404]\nno page"],
      ["plain", "plain"],
      [null, ""],
      [7, "7"],
      [{ unknown: ["shape"] }, { unknown: ["shape"] }],
      [
        [1, 2],
        [1, 2],
      ],
    ];
    for (const [response, output] of cases) expect(toolOutput(response)).toEqual(output);
  });

  it("claims files only for calls that name them and succeeded", () => {
    const files = (tool: string, input: object) => {
      const { body } = toolUse(tool, input, "ok");
      return "tool" in body ? [body.files_read, body.files_modified] : null;
    };
    expect(files("Read", { file_path: "/a.ts" })).toEqual([["/a.ts"], []]);
    expect(files("Edit", { file_path: "/a.ts" })).toEqual([[], ["/a.ts"]]);
    expect(files("NotebookEdit", { notebook_path: "/a.ipynb" })).toEqual([[], ["/a.ipynb"]]);
    expect(files("Grep", { path: "src/a.ts" })).toEqual([["src/a.ts"], []]);
    expect(files("Grep", { path: "src" })).toEqual([[], []]);
    expect(files("Bash", { command: "rm /a.ts" })).toEqual([[], []]);
    const failed = { ...BASE, hook_event_name: "PostToolUseFailure", tool_name: "Edit" };
    expect(
      eventOf(adapt({ ...failed, tool_input: { file_path: "/a.ts" }, error: "no" })).body,
    ).toMatchObject({ files_read: [], files_modified: [], output: "no" });
  });
});

describe("a hook's answer", () => {
  it("carries context only where the event takes it, never on Stop, and within the limit", () => {
    const answer = (hook: string, context: string | null, notice: string | null = null) =>
      adapterOf("claude-code")?.answer(hook, { context, notice });
    for (const name of ["SessionStart", "UserPromptSubmit", "PostToolUse"]) {
      expect(answer(name, "known")).toEqual({
        hookSpecificOutput: { hookEventName: name, additionalContext: "known" },
      });
      expect(answer(name, null)).toEqual({});
    }
    for (const name of ["Stop", "SubagentStop", "SessionEnd", "PreCompact", "x"]) {
      expect(answer(name, "known")).toEqual({});
    }
    // The line for the person stands beside memory, never by itself.
    expect(answer("SessionStart", "known", "Cairn: 1 finding")).toMatchObject({
      systemMessage: "Cairn: 1 finding",
    });
    expect(answer("SessionStart", null, "Cairn: 1 finding")).toEqual({});
    expect(adapterOf("codex")?.answer("SessionStart", { context: "known", notice: "x" })).toEqual({
      hookSpecificOutput: { hookEventName: "SessionStart", additionalContext: "known" },
    });
    const long = nestedAnswer("SessionStart", "😀".repeat(10_000)).hookSpecificOutput;
    expect(long?.additionalContext.length).toBeLessThanOrEqual(HOOK_CONTEXT_MAX_CHARS);
  });
});

describe("what the adapter stamps", () => {
  const context = { eventId: null, at: null, now: 1_000, ignoreGlobs: [] };
  const eventOf = (payload: Record<string, unknown>) => {
    const [action] =
      adapterOf("claude-code")?.read({ session_id: "s1", ...payload }, context) ?? [];
    if (action?.do !== "event") throw new Error(`no event but ${action?.do}`);
    return action.event;
  };
  const call = (tool_name: string, tool_input: Record<string, unknown>) =>
    eventOf({ hook_event_name: "PostToolUse", tool_name, tool_input, tool_response: "ok" }).body;

  it("is what a call did and what it was about, in words of no agent", () => {
    expect(call("Read", { file_path: "src/a.ts" })).toMatchObject({
      action: "read",
      target: "src/a.ts",
    });
    expect(call("Bash", { command: "npm test", description: "Run the tests" })).toMatchObject({
      action: "command",
      target: "npm test",
    });
    expect(call("Grep", { pattern: "retry", path: "src" })).toMatchObject({
      action: "search",
      target: "retry",
    });
    expect(call("Write", { file_path: "b.ts", content: "1" })).toMatchObject({
      action: "create",
      files_modified: ["b.ts"],
    });
    expect(call("SomethingNew", {})).toMatchObject({ action: "other", target: "" });
    const secret = call("Bash", { command: `deploy --token ghp_${"a1B2".repeat(9)}` });
    expect(JSON.stringify(secret)).not.toContain("a1B2");
  });

  it("is a message between calls as a say, known by its prompt and its words, and a Stop that closes no work", () => {
    const message = {
      hook_event_name: "MessageDisplay",
      message_id: "m1",
      prompt_id: "p1",
      delta: "The cache lies.",
    };
    expect(eventOf({ ...message, index: 0, final: true })).toMatchObject({
      kind: "say",
      identity: expect.stringMatching(/^say:p1:[0-9a-f]{32}$/),
      body: { text: "The cache lies." },
    });
    expect(eventOf({ ...message, index: 1, final: true }).body).toMatchObject({
      part: { message: "m1", index: 1 },
    });
    const stop = { hook_event_name: "Stop", last_assistant_message: "Started." };
    expect(eventOf({ ...stop, background_tasks: [{ id: "a1" }] }).body).toMatchObject({
      background: true,
    });
    expect(eventOf(stop).body).not.toHaveProperty("background");
  });
});
