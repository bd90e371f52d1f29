/**
 * Whose words an observation tells. What comes from outside, from a page, a tracker or a tool's output,
 * may be written by anybody, so it is told as what it is and never as a decision.
 */
import type { ObservationType, SourceKind } from "../contract/vocabulary.ts";
import type { StoredEvent, ToolBody } from "./event.ts";

/** As lines for models and people say it. */
export const SOURCE_WORDS: Readonly<Record<SourceKind, string>> = {
  person: "person",
  agent: "agent",
  tool: "tool",
  web: "web page",
  hand: "by hand",
};

/** Tools of agents that fetch, where the adapter of an older release did not say so. */
const FETCHING_TOOL = /^(?:web_?fetch|web_?search|google_web_search|fetch|browser\w*)$/i;
/** Commands that print what stands elsewhere: pages, and the trackers of code hosts. */
const FETCHING_COMMAND =
  /\b(?:curl|wget|lynx|w3m)\b[^|;&\n]{0,400}\bhttps?:\/\/(?!localhost\b|127\.|\[::1\])|\b(?:gh|glab|tea|jira)\s+(?:issues?|pr|mr|search|api|release|run)\b/i;

/** `events`: what it was made from, the most telling first. */
export function sourceKindOf(events: readonly StoredEvent[]): SourceKind {
  if (events.some(isFetched)) return "web";
  const kinds = events.map(kindOf);
  return kinds[0] === "tool"
    ? (kinds.find((kind) => kind === "agent") ?? kinds.find((kind) => kind !== "tool") ?? "tool")
    : (kinds[0] ?? "agent");
}

/** The same by the keys of the events alone: of items that were made before it was noted. */
export function sourceKindOfKeys(keys: readonly string[]): SourceKind {
  const [first = ""] = keys;
  if (first.startsWith("prompt:")) return "person";
  return first.startsWith("tool:") ? "tool" : "agent";
}

/** What an observation may be called that tells such words. */
export function typeFor(type: ObservationType, kind: SourceKind): ObservationType {
  return type === "decision" && (kind === "web" || kind === "tool") ? "discovery" : type;
}

function isFetched(event: StoredEvent): boolean {
  if (event.kind !== "tool_use" && event.kind !== "tool_failure") return false;
  const { action, tool } = event.body;
  if (action === "fetch" || FETCHING_TOOL.test(tool)) return true;
  return action === "command" && FETCHING_COMMAND.test(commandOf(event.body));
}

function commandOf({ input, target = "" }: ToolBody): string {
  return typeof input.command === "string" ? input.command : target;
}

function kindOf(event: StoredEvent): "person" | "agent" | "tool" {
  if (event.kind === "prompt") return event.body.notice === true ? "agent" : "person";
  if (event.kind !== "tool_use" && event.kind !== "tool_failure") return "agent";
  const { action } = event.body;
  // A person's answer to a question; an agent's plan, and the report of one that it sent.
  if (action === "ask") return "person";
  return action === "plan" || action === "delegate" ? "agent" : "tool";
}
