/**
 * What was only done: nothing was learnt by it, and still somebody may look for it. An item tells of
 * up to four calls that follow each other; it is found by its index text.
 */
import type { StoredEvent, ToolBody } from "../../memory/event.ts";
import type { DraftObservation } from "../../memory/observation.ts";
import { fileName } from "../../memory/paths.ts";
import { truncate } from "../../platform/truncate.ts";
import { type Activity, isToolEvent } from "./activity.ts";
import { freeTitle } from "./draft.ts";
import { INDEX_TEXT_MAX, indexTextOf, indexTextOfActivities } from "./index-text.ts";
import { capitalised, listed, plain, shorten } from "./prose.ts";

/** More sources would count for nothing, and one title could not tell of them. */
const CALLS_MAX = 4;
const SHOWN_MAX = 2;

/** What a command is called: what the agent said it is for, else its programs. */
export function commandName({ purpose, programs, subject }: Activity): string {
  return purpose ?? (programs.length > 0 ? listed(programs, 2) : shorten(subject, 60));
}

const VERBS: Record<Activity["kind"], string> = {
  create: "wrote",
  edit: "changed",
  read: "looked at",
  search: "looked for",
  command: "ran",
  fetch: "looked up",
  delegate: "had looked into",
  ask: "asked",
  other: "did",
};

function objectOf(activity: Activity): string {
  const { kind, path, subject, tool } = activity;
  if (kind === "command") {
    const { message, totals } = activity.outcome ?? {};
    const end = message ?? totals ?? null;
    return `${commandName(activity)}${end === null ? "" : ` (${shorten(end, 60)})`}`;
  }
  if (kind === "search") return `"${shorten(subject, 40)}"`;
  if (kind === "fetch") return shorten(subject.replace(/^https?:\/\//, ""), 50);
  if (path !== null) return fileName(path);
  return subject === "" ? tool.replace(/^mcp__\w+?__/, "") : shorten(subject, 60);
}

/** `Looked at a.ts and b.ts; ran the tests`. */
function titleOf(group: readonly Activity[]): string {
  const parts = new Map<string, string[]>();
  for (const activity of group) {
    const verb =
      activity.failed && activity.kind !== "command"
        ? `tried and failed: ${VERBS[activity.kind]}`
        : VERBS[activity.kind];
    parts.set(verb, [...new Set([...(parts.get(verb) ?? []), objectOf(activity)])]);
  }
  return capitalised(
    [...parts].map(([verb, objects]) => `${verb} ${listed(objects, SHOWN_MAX)}`).join("; "),
  );
}

/** Activity items of calls that no observation of their batch was made from, in their order. */
export function activityItems(
  activities: readonly Activity[],
  bodies: ReadonlyMap<string, ToolBody>,
  taken: Set<string>,
): DraftObservation[] {
  const items: DraftObservation[] = [];
  for (let i = 0; i < activities.length; i += CALLS_MAX) {
    const group = activities.slice(i, i + CALLS_MAX);
    const last = group.at(-1);
    if (last === undefined) continue;
    items.push({
      type: group.some(({ kind, failed }) => !failed && (kind === "edit" || kind === "create"))
        ? "change"
        : "discovery",
      title: freeTitle([titleOf(group)], taken, last.at),
      subtitle: "",
      narrative: "",
      facts: [],
      concepts: [],
      sources: group.map(({ key }) => key),
      index_text: indexTextOfActivities(group, bodies),
      activity: true,
    });
  }
  return items;
}

/** Characters of a text that one item is found by. */
const TEXT_PART_MAX = 6_000;
const PARTS_MAX = 5;
/** A shorter text is told by its turn's summary as a whole. */
const TEXT_MIN = 400;

const TEXT_NAMES: Partial<Record<StoredEvent["kind"], string>> = {
  compaction: "Summary of the session so far",
  turn_end: "Closing message",
  subagent_end: "Report of a subagent",
};

/** Items by which long texts are found: what of them was worth telling is told already. */
export function textItems(events: readonly StoredEvent[], taken: Set<string>): DraftObservation[] {
  return events.flatMap((event) => {
    const name = TEXT_NAMES[event.kind];
    if (isToolEvent(event) || name === undefined || event.body.text.length < TEXT_MIN) return [];
    const { text } = event.body;
    const parts: string[] = [];
    for (let at = 0; at < text.length && parts.length < PARTS_MAX; ) {
      const part = truncate(text.slice(at), TEXT_PART_MAX);
      parts.push(part);
      at += part.length;
    }
    const found = parts.map((part) => ({
      title: `${name}: ${firstWords(part)}`,
      index_text: indexTextOf([part]),
    }));
    // What is asked of a summary stands all over it: the whole is found too, as the parts' parent.
    if (event.kind === "compaction" && parts.length > 1) {
      const index_text = truncate(eachWordOnce(text), INDEX_TEXT_MAX);
      found.unshift({ title: `${name}, whole: ${firstWords(text)}`, index_text });
    }
    return found.map(
      ({ title, index_text }): DraftObservation => ({
        type: "discovery",
        title: freeTitle([title], taken, event.at),
        subtitle: "",
        narrative: "",
        facts: [],
        concepts: [],
        sources: [event.key],
        index_text,
        activity: true,
      }),
    );
  });
}

/** All that a long text has, in a third of its length. */
function eachWordOnce(text: string): string {
  const words = new Map<string, string>();
  for (const [word] of text.matchAll(/[\p{L}\p{N}_]+/gu)) {
    const key = word.toLowerCase();
    if (!words.has(key)) words.set(key, word);
  }
  return [...words.values()].join(" ");
}

function firstWords(text: string): string {
  const line = text
    .split("\n")
    .find((each) => /\p{L}{3}.*\p{L}{3}/u.test(each) && each.length > 12);
  return shorten(plain(line ?? text), 60);
}
