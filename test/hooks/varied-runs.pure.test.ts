/// <reference types="vite/types/importMeta.d.ts" />
/** Streams of the real programs, told to use many of their tools, some of them in vain. */
import { describe, expect, it } from "vitest";
import { adapterForPayload } from "../../src/hooks/adapters.ts";
import type { HookAction } from "../../src/hooks/hook-action.ts";

const streams = import.meta.glob<string>("../fixtures/agents/varied/*.jsonl", {
  query: "?raw",
  import: "default",
  eager: true,
});

function actionsOf(agent: string): HookAction[] {
  const text = streams[`../fixtures/agents/varied/${agent}.jsonl`] ?? "";
  return text
    .trim()
    .split("\n")
    .flatMap((line) => {
      const { at, hook } = JSON.parse(line) as { at: string; hook: unknown };
      const context = { eventId: null, at, now: Date.now(), ignoreGlobs: [] };
      return adapterForPayload(agent, hook)?.read(hook, context) ?? [];
    });
}

/** What an action tells, in a few words: `failed edit greet.sh`. */
function toldOf(action: HookAction): string {
  if (action.do !== "event") return action.do;
  const { kind, body, skip } = action.event;
  if (!("tool" in body)) return kind;
  const target = (body.target ?? "").replace("/home/kim/greeter/", "").slice(0, 30);
  const files = body.files_modified.length > 1 ? ` +${body.files_modified.length - 1}` : "";
  const words = [kind === "tool_failure" ? "failed" : "", body.action, skip ?? target];
  return words.filter((word) => word !== "").join(" ") + files;
}

const START = ["session_start", "prompt"];
const TOLD: Record<string, string[]> = {
  codex: [
    ...START,
    "command ignored",
    "edit greet.sh +4",
    "failed command npm test",
    // Nothing tells that it failed.
    "command false",
    "failed command node -e 'throw new TypeError(\"",
    "command sed -n 1,2p src/a.ts",
    "command rg -n wombat .",
    "command printf 'a\\n' > made.txt",
    "turn_end",
    "session_end",
  ],
  "copilot-cli": [
    "prompt",
    "session_start",
    "read ignored",
    "search hello",
    "search **/*.ts",
    "read /home/kim/greeter",
    "failed edit greet.sh",
    "create made.txt",
    "failed command false",
    "command ignored",
    "failed other",
    "failed plan",
    "failed edit greet.sh",
    // The prompt and the stop of a sub-agent.
    "ignore",
    "ignore",
    "subagent_end",
    "delegate look",
    "turn_end",
    "session_end",
  ],
  "gemini-cli": [
    ...START,
    "search **/*.ts",
    "search hello",
    "search .",
    "failed edit greet.sh",
    "create made.txt",
    "create greet.sh",
    "failed command false",
    "command ignored",
    // It only prints what a failure is told by.
    "command printf 'Output: x\\nExit Code: ",
    "turn_end",
    "session_end",
  ],
  opencode: [
    ...START,
    "read ignored",
    "failed search **/*.ts",
    "failed search hello",
    "read /home/kim/greeter",
    "failed edit greet.sh",
    "create made.txt",
    "failed command false",
    "command ignored",
    "plan",
    "failed other",
    "subagent_end",
    "delegate look",
    "failed edit",
    "turn_end",
    "session_end",
  ],
  pi: [
    ...START,
    "read ignored",
    "failed read nope.txt",
    "failed edit greet.sh",
    "create made.txt",
    "failed command false",
    "command ignored",
    "failed command npm test",
    "turn_end",
    "session_end",
  ],
  "qwen-code": [
    ...START,
    "read ignored",
    "search **/*.ts",
    "search hello",
    "failed edit greet.sh",
    "create made.txt",
    "failed command false",
    "command ignored",
    "delegate look",
    "subagent_end",
    "turn_end",
    "turn_end",
  ],
};

describe("a run of the real program with many tools", () => {
  it.each(Object.keys(TOLD))("%s: every hook is understood", (agent) => {
    const actions = actionsOf(agent);
    const told = actions.map(toldOf);
    // Qwen Code sends an empty prompt after each call.
    const isNoise = (words: string) => agent === "qwen-code" && words === "ignore";
    expect(told.filter((words) => !isNoise(words))).toEqual(TOLD[agent]);
    const events = actions.flatMap((action) => (action.do === "event" ? [action] : []));
    expect(new Set(events.map(({ sessionId }) => sessionId)).size).toBe(1);
    const identities = new Set(events.map(({ event }) => event.identity));
    // Qwen Code stops twice where a task ran in the background, with the same words.
    expect(events.length - identities.size).toBe(agent === "qwen-code" ? 1 : 0);
    expect(JSON.stringify(events)).not.toMatch(/never-store-me|walrus/);
    const ends = events.filter(({ event }) => event.kind === "turn_end");
    expect(ends.every(({ event }) => !("background" in event.body))).toBe(true);
  });
});
