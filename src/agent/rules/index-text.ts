/** The words by which an observation is found: those of its sources, nearly whole, never shown. */
import type { ToolBody } from "../../memory/event.ts";
import { truncate, truncateStart } from "../../platform/truncate.ts";
import type { Activity } from "./activity.ts";
import { definedNames } from "./definitions.ts";
import { isProse } from "./telling.ts";

/** Characters of index text per observation: about what an index row of four sources needs. */
export const INDEX_TEXT_MAX = 8_000;

/**
 * Characters of what was read or searched. A file can be read again, and what stands in it is
 * not what the session learnt: indexing it whole cost 3 points of any-hit at 5, because every
 * reading of a large file answers every question a little.
 */
const READ_MAX = 800;
const READ_PROSE_MAX = 3_000;
const SEARCH_MAX = 1_000;

/** A line that no search can find anything in: rules, braces, base64, hashes in a row. */
const NOISE = /^[^\p{L}\p{N}]*$|[A-Za-z0-9+/=_-]{120}/u;

/** What came back, cut to what tells: of files the names that they define. */
function foundIn({ kind, text, path }: Activity): string {
  if (kind === "search") return truncate(text, SEARCH_MAX);
  if (kind !== "read") return text;
  if (isProse(text)) return truncate(text, READ_PROSE_MAX);
  const names = definedNames(text, path ?? "").join("\n");
  return truncate(names === "" ? text : names, READ_MAX);
}

/** The part of an activity that is worth finding. */
function tellingText(activity: Activity, body: ToolBody | null): string {
  const said = [activity.path, activity.subject, activity.purpose].filter((part) => part !== null);
  if (activity.change !== null) {
    said.push(...activity.change.within, ...activity.change.added, ...activity.change.removed);
    return said.join("\n");
  }
  const prompt = body?.input.prompt;
  if (typeof prompt === "string") said.push(prompt);
  if (activity.kind === "ask") said.push(JSON.stringify(body?.input.questions ?? ""));
  said.push(foundIn(activity));
  return said.join("\n");
}

/** Lines of `text` that are not in `seen` yet, trimmed; adds them to it. */
function newLines(text: string, seen: Set<string>): string[] {
  const kept: string[] = [];
  for (const raw of text.split("\n")) {
    const line = truncate(raw.trim(), 600);
    if (line === "" || seen.has(line) || NOISE.test(line)) continue;
    seen.add(line);
    kept.push(line);
  }
  return kept;
}

/** Head and tail of `lines` within `max` characters; the middle tells least. */
function bounded(lines: string[], max: number): string {
  const text = lines.join("\n");
  if (text.length <= max) return text;
  const head = Math.floor(max * 0.7);
  return `${truncate(text, head)}\n${truncateStart(text, max - head)}`;
}

/**
 * Words of several texts, each line once, within `max` characters in all: short texts are kept
 * whole and the long ones share what is left.
 */
export function indexTextOf(texts: string[], max: number = INDEX_TEXT_MAX): string {
  const seen = new Set<string>();
  const parts = texts.map((text) => newLines(text, seen));
  const lengths = parts.map((lines) => lines.reduce((sum, line) => sum + line.length + 1, 0));
  let left = max;
  let waiting = parts.length;
  const shares = new Array<number>(parts.length).fill(0);
  for (const i of lengths
    .map((_, index) => index)
    .sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0))) {
    const share = Math.min(lengths[i] ?? 0, Math.floor(left / waiting));
    shares[i] = share;
    left -= share;
    waiting -= 1;
  }
  return parts
    .map((lines, i) => bounded(lines, shares[i] ?? 0))
    .filter((part) => part !== "")
    .join("\n");
}

/** Index text of tool activities. `bodies` holds the tools' own fields by event key. */
export function indexTextOfActivities(
  activities: readonly Activity[],
  bodies: ReadonlyMap<string, ToolBody>,
): string {
  return indexTextOf(
    activities.map((activity) => tellingText(activity, bodies.get(activity.key) ?? null)),
  );
}
