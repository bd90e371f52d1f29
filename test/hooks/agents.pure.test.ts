/// <reference types="vite/types/importMeta.d.ts" />
import { describe, expect, it } from "vitest";
import { adapterForPayload, adapterOf } from "../../src/hooks/adapters.ts";
import { saysItFailed } from "../../src/hooks/codex/failing-output.ts";
import { readShellEnd, readShellReport } from "../../src/hooks/shell-report.ts";
import type { IncomingEvent } from "../../src/memory/event.ts";

const fixtures = import.meta.glob<string>("../fixtures/agents/*.jsonl", {
  query: "?raw",
  import: "default",
  eager: true,
});
/** Streams of the real programs, which stand beside the repository on some machines. */
const recordings = import.meta.glob<string>("../../../shared/data/agents/*.jsonl", {
  query: "?raw",
  import: "default",
});

interface Line {
  at: string;
  hook: unknown;
}

function linesOf(text: string): Line[] {
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
}

function read(agent: string, lines: readonly Line[]) {
  return lines.flatMap(({ at, hook }) => {
    const context = { eventId: null, at, now: Date.now(), ignoreGlobs: [] };
    return adapterForPayload(agent, hook)?.read(hook, context) ?? [];
  });
}

function eventsOf(agent: string, lines: readonly Line[]): IncomingEvent[] {
  return read(agent, lines).flatMap((action) => (action.do === "event" ? [action.event] : []));
}

/** A tool event in a few words: `failed command node --test`. */
function toldOf(event: IncomingEvent): string {
  if (!("tool" in event.body)) return `${event.kind} ${event.body.text.split(" ", 2).join(" ")}`;
  const { action, target } = event.body;
  const place = (target ?? "").replace("/home/kim/tariff/", "");
  return `${event.kind === "tool_failure" ? "failed " : ""}${action} ${event.skip ?? place}`;
}

const WORK = [
  "prompt The totals",
  "failed command node --test",
  "edit src/total.js",
  "failed edit src/total.js",
  "command node --test",
  "turn_end The totals",
  "prompt Thanks. And",
  "turn_end The tariff",
];

describe("agents", () => {
  it.each(["copilot-cli", "gemini-cli", "opencode", "pi", "qwen-code"])(
    "tell one piece of work in one way: %s",
    (agent) => {
      const events = eventsOf(agent, linesOf(fixtures[`../fixtures/agents/${agent}.jsonl`] ?? ""));
      expect(events.map(toldOf)).toEqual([
        WORK[0],
        "read src/total.js",
        ...WORK.slice(1, 4),
        "read ignored",
        "own internal",
        ...WORK.slice(4),
      ]);
      const [, file, failure, edit, failedEdit] = events;
      expect(file?.body).toMatchObject({ files_read: [expect.stringMatching(/src\/total\.js$/)] });
      expect(file?.body).toMatchObject({ output: expect.stringMatching(/^export function total/) });
      expect(failure?.body).toMatchObject({ output: expect.stringMatching(/^1 test, 1 failed\n/) });
      expect(edit?.body).toMatchObject({ files_modified: [expect.stringMatching(/total\.js$/)] });
      expect(failedEdit?.body).toMatchObject({ files_modified: [] });
      expect(new Set(events.map(({ identity }) => identity)).size).toBe(events.length);
      expect(events.every(({ identityScope }) => identityScope === "session")).toBe(true);
      expect(JSON.stringify(events)).not.toMatch(/never-store-me|walrus|originalContent/);
    },
  );

  it("of Codex, which has no tool to read and tells no exit codes, find failures and files too", () => {
    const events = eventsOf("codex", linesOf(fixtures["../fixtures/agents/codex.jsonl"] ?? ""));
    expect(events.map(toldOf)).toEqual([
      WORK[0],
      "command cat src/total.js",
      ...WORK.slice(1, 4),
      "command ignored",
      "own internal",
      ...WORK.slice(4, 6),
      "prompt wait, not",
      ...WORK.slice(6),
    ]);
    expect(events[3]?.body).toMatchObject({
      files_modified: ["src/total.js", "test/total.test.js"],
    });
    expect(JSON.stringify(events)).not.toMatch(/never-store-me|walrus|IDE setup/);
    const outcomes = read("codex", linesOf(fixtures["../fixtures/agents/codex.jsonl"] ?? ""));
    expect(outcomes.filter((action) => action.do === "turn_failed")).toHaveLength(1);
  });

  it("tell what Copilot's sub-agents do as their parent's, without prompts that it wrote", () => {
    const at = "2026-11-20T09:00:00Z";
    const own = { session_id: "root", timestamp: at, cwd: "/app" };
    const sub = { ...own, agent_id: "sub", agent_type: "explore", parent_agent_id: "root" };
    const inSub = { ...sub, session_id: "sub" };
    const lines = [
      { ...own, hook_event_name: "UserPromptSubmit", prompt: "Look around" },
      { ...inSub, hook_event_name: "UserPromptSubmit", prompt: "Look at greet.sh" },
      {
        ...inSub,
        hook_event_name: "PostToolUse",
        tool_name: "Read",
        tool_input: { path: "/app/greet.sh" },
        tool_result: { result_type: "success", text_result_for_llm: "echo hello" },
      },
      { ...inSub, hook_event_name: "Stop", stop_reason: "end_turn" },
      { ...sub, hook_event_name: "SubagentStop", last_assistant_message: "It greets." },
      { ...own, hook_event_name: "Stop", stop_reason: "end_turn" },
    ].map((hook) => ({ at, hook }));
    const actions = read("copilot-cli", lines);
    expect(actions.map((one) => ("sessionId" in one ? one.sessionId : null))).toEqual(
      lines.map(() => "root"),
    );
    const events = eventsOf("copilot-cli", lines);
    expect(events.map(({ kind }) => kind)).toEqual([
      "prompt",
      "tool_use",
      "subagent_end",
      "turn_end",
    ]);
    expect(events[1]?.body).toMatchObject({ agent_type: "explore", files_read: ["/app/greet.sh"] });
  });

  it("find the files of a patch in whichever field an agent puts it", () => {
    const patch =
      "*** Begin Patch\n*** Update File: a.ts\n@@\n-x\n+y\n*** Add File: src/new.ts\n+z\n" +
      "*** Delete File: old.ts\n*** Update File: from.ts\n*** Move to: to.ts\n*** End Patch\n";
    const files = ["a.ts", "src/new.ts", "old.ts", "from.ts", "to.ts"];
    const calls: [string, string, object][] = [
      ["codex", "apply_patch", { command: patch }],
      ["codex", "apply_patch", { input: patch }],
      ["copilot-cli", "Edit", { input: patch }],
      ["copilot-cli", "apply_patch", { patch }],
      ["opencode", "apply_patch", { patchText: patch }],
    ];
    for (const [agent, tool_name, tool_input] of calls) {
      const hook = { hook_event_name: "PostToolUse", session_id: "s", tool_name, tool_input };
      const [event] = eventsOf(agent, [{ at: "2026-11-20T09:00:00Z", hook }]);
      expect([agent, event?.body]).toMatchObject([
        agent,
        { files_modified: files, target: "a.ts" },
      ]);
    }
  });

  it("learn nothing from the descriptions of our own tools, which some agents look up", () => {
    const skipOf = (agent: string, tool_name: string, query: string) => {
      const hook = {
        hook_event_name: "PostToolUse",
        session_id: "s",
        tool_name,
        tool_input: { query },
        tool_response: "mcp__cairn__search: searches the memory",
      };
      return eventsOf(agent, [{ at: "2026-11-20T09:00:00Z", hook }])[0]?.skip;
    };
    expect(skipOf("qwen-code", "tool_search", "select:mcp__cairn__search")).toBe("internal");
    expect(skipOf("codex", "tool_search", "cairn memory")).toBe("internal");
    expect(skipOf("claude-code", "ToolSearch", "+cairn search")).toBe("internal");
    expect(skipOf("claude-code", "ToolSearch", "cairngorm maps")).toBeNull();
  });

  it("keep two equal calls of one moment apart by their ids, and a repeated hook together", () => {
    const call = (id: string, timestamp: string) => ({
      at: "2026-11-20T09:00:00Z",
      hook: {
        hook_event_name: "AfterTool",
        session_id: "s",
        timestamp,
        tool_name: "run_shell_command",
        tool_input: { command: `make ${id}` },
        tool_response: { llmContent: "Output: ok" },
      },
    });
    const lines = [
      call("a", "2026-11-20T09:00:00.000Z"),
      call("b", "2026-11-20T09:00:00.000Z"),
      call("a", "2026-11-20T09:00:00.500Z"),
    ];
    const identities = eventsOf("gemini-cli", [...lines, ...lines]).map((event) => event.identity);
    expect(new Set(identities).size).toBe(3);
  });

  it("read every stream of the real programs, where they are there", async () => {
    const agents: Record<string, string> = {
      codex: "codex",
      "copilot-cli": "claude-code",
      "copilot-cli-camel": "copilot-cli",
      "copilot-cli-stop-with-transcript": "copilot-cli",
      "gemini-cli": "gemini-cli",
      "opencode-plugin": "opencode",
      "pi-plugin": "pi",
      "qwen-code": "qwen-code",
    };
    for (const [path, load] of Object.entries(recordings)) {
      const name = path.split("/").at(-1)?.replace(".jsonl", "") ?? "";
      const agent = agents[name];
      if (agent === undefined) continue;
      const lines = linesOf(await load());
      const actions = read(agent, lines);
      expect(actions).toHaveLength(lines.length);
      const odd = actions.filter((action) => action.do === "unknown" || action.do === "invalid");
      expect([name, odd]).toEqual([name, []]);
      const events = eventsOf(agent, lines);
      expect(JSON.stringify(events)).not.toContain("CTX-");
      const tools = events.flatMap(({ body, kind, skip }) =>
        "tool" in body && skip === null ? [{ ...body, kind }] : [],
      );
      if (tools.length === 0) continue;
      expect([name, tools.filter(({ action }) => action === "other")]).toEqual([name, []]);
      expect(tools.some(({ kind }) => kind === "tool_failure")).toBe(true);
      expect(tools.flatMap((body) => body.files_modified).join()).toContain("add.js");
      expect(tools.every(({ output }) => output !== "")).toBe(true);
    }
  });
});

describe("whose a payload is", () => {
  const base = { session_id: "s", cwd: "/app", hook_event_name: "UserPromptSubmit", prompt: "Hi" };
  const name = (body: object, address = "claude-code") => adapterForPayload(address, body)?.name;

  it("is told by what only one agent sends, else by its address", () => {
    expect(name({ ...base, transcript_path: "/home/kim/.claude/p/x.jsonl" })).toBe("claude-code");
    expect(name(base)).toBe("claude-code");
    expect(name({ ...base, timestamp: "2026-11-20T09:00:00Z" })).toBe("copilot-cli");
    expect(name({ ...base, transcript_path: "/home/kim/.copilot/s/x" })).toBe("copilot-cli");
    expect(name({ ...base, transcript_path: "C:\\Users\\k\\.codex\\s\\x" })).toBe("codex");
    expect(name({ sessionId: "s", hookEventName: "Stop", timestamp: 5 })).toBe("copilot-cli");
    expect(name({ ...base, hook_event_name: "BeforeAgent" })).toBe("gemini-cli");
    expect(name({ ...base, transcript_path: "/home/k/.codex/x" }, "qwen-code")).toBe("codex");
    expect(name(base, "pi")).toBe("pi");
    expect(adapterForPayload("nobody", base)).toBeNull();
  });

  it("reads VS Code's names of fields, and Copilot's without a hook's name", () => {
    const context = { eventId: null, at: null, now: 1_000, ignoreGlobs: [] };
    const copilot = adapterOf("copilot-cli");
    const told = (body: unknown) => copilot?.read(body, context)[0];
    expect(told({ sessionId: "s", hookEventName: "UserPromptSubmit", prompt: "Hi" })).toMatchObject(
      { do: "event", sessionId: "s", event: { kind: "prompt" } },
    );
    expect(told({ sessionId: "s", timestamp: 1, reason: "complete" })).toMatchObject({
      do: "session_end",
    });
    expect(told({ sessionId: "s", timestamp: 1 })).toMatchObject({
      do: "invalid",
      code: "no_hook_event_name",
    });
  });
});

describe("a command's end", () => {
  it("is taken from a report without its frame, also where the command prints such lines", () => {
    const report = (output: string, exit: string) =>
      `Command: x\nDirectory: (root)\nOutput: ${output}\nError: (none)\nExit Code: ${exit}\nSignal: (none)`;
    expect(readShellReport(report("Command: y\nDirectory: z", "0"))).toEqual({
      output: "Command: y\nDirectory: z",
      failed: false,
    });
    expect(readShellReport(report("boom", "3"))).toEqual({
      output: "boom\n[exit code 3]",
      failed: true,
    });
    expect(readShellReport("just text")).toBeNull();
    expect(readShellEnd("ok\n<shellId: 12 completed with exit code 0>")?.failed).toBe(false);
    expect(readShellEnd("no end")).toBeNull();
  });

  it("is a failure where nothing but the output tells and a program says so itself", () => {
    for (const output of [
      "npm error code ENOENT\nnpm error syscall open",
      "bash: line 1: foo: command not found",
      "cat: missing.txt: No such file or directory",
      "Traceback (most recent call last):\n  File\nKeyError: 'a'",
      "src/a.rs\nerror: could not compile `a`",
      "Tests  1 failed | 3 passed (4)",
      "make: *** [all] Error 2",
      "--- FAIL: TestX\nFAIL\nexit status 1",
    ]) {
      expect([output, saysItFailed(output)]).toEqual([output, true]);
    }
    const log = ["npm error code E1", ...Array.from({ length: 40 }, (_, i) => `line ${i}`)];
    for (const output of [
      "",
      "ok",
      "0 failed, 3 passed",
      "error handling is in a.ts",
      log.join("\n"),
    ])
      expect([output, saysItFailed(output)]).toEqual([output, false]);
  });
});
