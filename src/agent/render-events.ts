/**
 * A batch's events as a model gets to see them: short refs, bounded lengths. The room is shared
 * out over the batch, so that short events leave theirs to long ones and no batch passes its bound.
 */
import type { StoredEvent } from "../memory/event.ts";
import { withoutRoot } from "../memory/paths.ts";
import { answerText } from "./answer-text.ts";
import { clip, compact, excerpt } from "./excerpt.ts";
import { type Activity, activityOf, isToolEvent } from "./rules/activity.ts";
import type { Change } from "./rules/changes.ts";

/** Room that each tool event brings, in characters; a batch's events share what they bring. */
const CHARS_PER_TOOL_EVENT = 1300;
/** No event gets more than this of the shared room. */
const TOOL_EVENT_MAX_CHARS = 3000;
/** What a file says stands in the file: a look at it needs less room than what was done. */
const LOOK_MAX_CHARS = 900;
/** What is left of an event when the provider found the call too long, or refused it. */
const HARD_CHARS_PER_TOOL_EVENT = 250;
const HEAD_MAX_CHARS = 900;
/** Texts by people and agents have room of their own, in characters. */
const TEXT_MAX_CHARS = {
  prompt: 800,
  say: 400,
  turn_end: 3000,
  subagent_end: 1600,
  compaction: 7000,
};
const HARD_TEXT_MAX_CHARS = 400;

const INPUT_VALUE_MAX_CHARS = 300;

/** `hard`: only the gist, after a provider refused the normal cut. */
export type Cut = "normal" | "hard";

export interface RenderedEvents {
  text: string;
  /** `e1` -> event key. */
  refs: Map<string, string>;
}

/** One event before it is fitted into its room. */
interface Part {
  ref: string;
  head: string;
  detail: string;
  max: number;
  /** Shares the batch's room; texts by people and agents do not. */
  shared: boolean;
}

type ToolEvent = Extract<StoredEvent, { kind: "tool_use" | "tool_failure" }>;

/** Path -> line -> ref of the event that showed it first. */
type ShownFiles = Map<string, Map<string, string>>;

/** Keeps a recorded text from passing for the frame around it. */
export function quote(text: string): string {
  return text
    .replace(/^\[(?=e\d+\])/gm, " [")
    .replace(/<(?=\/?(?:request|noted|failing|left|events)>)/gi, "< ");
}

const TEXT_LABELS = {
  prompt: "User prompt",
  say: "Agent says",
  turn_end: "Closing message of the agent",
  subagent_end: "Subagent's result",
  compaction: "Agent's own summary of the session so far",
};

/** Lines of a file that this batch has not shown yet; says so where there are none. */
function freshLines(text: string, ref: string, seen: Map<string, string>): string {
  const fresh: string[] = [];
  let known = "";
  for (const line of text.split("\n")) {
    const bare = line.trim();
    const first = seen.get(bare);
    if (first !== undefined && first !== ref) known = first;
    else fresh.push(line);
    if (first === undefined) seen.set(bare, ref);
  }
  if (known === "") return text;
  const rest = fresh.filter((line) => line.trim() !== "").join("\n");
  return rest === "" ? `(same as in ${known})` : `(beyond what ${known} shows)\n${rest}`;
}

/** What an edit took out and put in, without the lines that hold only brackets and the like. */
function changedLines(change: Change): string {
  const telling = (lines: string[]): string[] => lines.filter((line) => /[\p{L}\p{N}]/u.test(line));
  const lines = [
    ...telling(change.removed).map((line) => `-${line.trim()}`),
    ...telling(change.added).map((line) => `+${line.trim()}`),
  ];
  return lines.length > 0 ? lines.join("\n") : "(only order or blanks changed)";
}

/** The input of a tool that is none of the known kinds: `name=value`, short. */
function otherInput(input: Record<string, unknown>): string {
  return Object.entries(input)
    .filter(([, value]) => value !== null && value !== false && value !== "")
    .map(([name, value]) => {
      const text = typeof value === "string" ? value : JSON.stringify(value);
      return `${name}=${clip(text, INPUT_VALUE_MAX_CHARS)}`;
    })
    .join(" ");
}

/** The first line of a tool event: the tool, whether it failed, and what it was about. */
function headOf(event: ToolEvent, activity: Activity): string {
  const { agent_type: subagent } = event.body;
  const who = subagent === undefined ? "" : ` (in subagent ${subagent})`;
  const name = `${activity.tool}${who}${activity.failed ? " FAILED" : ""}`;
  if (activity.kind === "command") {
    const purpose = activity.purpose === null ? "" : ` # ${activity.purpose}`;
    return compact(`${name}: ${activity.subject}${purpose}`);
  }
  const known = [activity.path ?? "", activity.subject].filter((part) => part !== "");
  const itself = ["ask", "other", "delegate"].includes(activity.kind) || known.length === 0;
  return compact(`${name} ${itself ? otherInput(event.body.input) : known.join(" ")}`);
}

function toolPart(event: ToolEvent, ref: string, root: string | null, shown: ShownFiles): Part {
  const activity = activityOf(event, root);
  const { kind, path, failed } = activity;
  const output = compact(answerText(kind === "create" ? event.body.output : activity.text));
  const changed =
    activity.change !== null
      ? changedLines(activity.change)
      : kind === "create"
        ? activity.text
        : null;
  let detail = output;
  // Where an edit went through, the answer only repeats it.
  if (changed !== null) detail = failed ? `${output}\n${compact(changed)}` : compact(changed);
  else if (kind === "read" && path !== null && !failed) {
    const seen = shown.get(path) ?? new Map<string, string>();
    shown.set(path, seen);
    detail = freshLines(output, ref, seen);
  }
  const looked = (kind === "read" || kind === "search") && !failed;
  return {
    ref,
    head: headOf(event, activity),
    detail,
    max: looked ? LOOK_MAX_CHARS : TOOL_EVENT_MAX_CHARS,
    shared: true,
  };
}

function toPart(
  event: StoredEvent,
  ref: string,
  root: string | null,
  shown: ShownFiles,
  cut: Cut,
): Part {
  if (isToolEvent(event)) return toolPart(event, ref, root, shown);
  const label = event.body.label === undefined ? "" : ` (${event.body.label})`;
  const text = withoutRoot(root, event.body.text);
  return {
    ref,
    head: `${TEXT_LABELS[event.kind]}${label}`,
    detail: compact(text),
    max: cut === "hard" ? HARD_TEXT_MAX_CHARS : TEXT_MAX_CHARS[event.kind],
    shared: false,
  };
}

function renderPart(part: Part, room: number): string {
  const max = Math.min(part.max, room);
  const head = clip(part.head, Math.min(HEAD_MAX_CHARS, Math.max(80, max)));
  const left = max - head.length;
  const detail = left < 40 ? "" : excerpt(part.detail, left);
  return quote(detail === "" ? head : `${head}\n${detail}`);
}

/** The largest room per event at which all of them together stay within `total` characters. */
function fairRoom(lengths: readonly number[], total: number): number {
  let left = total;
  const rising = lengths.toSorted((a, b) => a - b);
  for (const [index, length] of rising.entries()) {
    const share = left / (rising.length - index);
    if (length > share) return Math.floor(share);
    left -= length;
  }
  return Number.POSITIVE_INFINITY;
}

/** Renders the events in order, each as `[e1] …` with its detail below, paths relative to `root`. */
export function renderEvents(
  events: readonly StoredEvent[],
  root: string | null,
  cut: Cut,
): RenderedEvents {
  const shown: ShownFiles = new Map();
  const refs = new Map<string, string>();
  const parts = events.map((event, index) => {
    const ref = `e${index + 1}`;
    refs.set(ref, event.key);
    return toPart(event, ref, root, shown, cut);
  });
  const shared = parts.filter((part) => part.shared);
  const perEvent = cut === "hard" ? HARD_CHARS_PER_TOOL_EVENT : CHARS_PER_TOOL_EVENT;
  const room = fairRoom(
    shared.map((part) => Math.min(part.max, part.head.length + part.detail.length + 1)),
    shared.length * perEvent,
  );
  const text = parts
    .map((part) => `[${part.ref}] ${renderPart(part, part.shared ? room : part.max)}`)
    .join("\n");
  return { text, refs };
}
