/** What one line tells of an observation beside its title, and which words it tells it with. */
import { cjkPairs, STOP_WORDS } from "../search/words.ts";
import type { ObservationRow } from "../store/item-row.ts";

/** Text of which an earlier part has this much at its beginning says nothing new, in characters. */
const SAME_CHARS = 40;
/** `In money.ts: toCents, centsOf`: found by search, worth a line only where nothing else is said. */
const NAMES_ONLY = /^In \S{1,100}: /;
const ENOUGH_CHARS = 80;
/** A word shorter than this tells no two lines apart. */
const WORD_MIN_CHARS = 4;

/** A word, or a name in code as a whole: of `current_trace_id` the parts stand in many lines. */
const NAME = /[\p{L}\p{N}\p{M}_]+/gu;

/** Letters and digits alone, in lower case: by them texts are compared. */
function bare(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/** A text without the title that it begins with: `Title: the rest` is the rest. */
function withoutTitle(text: string, title: string): string {
  const start = title.replace(/…$/, "").trimEnd();
  const same = text.replaceAll("`", "").toLowerCase().startsWith(start.toLowerCase());
  if (!same || title.endsWith("…")) return text;
  return text
    .replaceAll("`", "")
    .slice(start.length)
    .replace(/^[\s.:;,—–-]+/, "");
}

/**
 * What the observation says that its title does not, the weightiest first: its narrative, then the
 * facts that the narrative lacks. Empty where the title says everything.
 */
export function gistOf({ content: { title, narrative, subtitle, facts } }: ObservationRow): string {
  const told: string[] = [bare(title)];
  const parts: string[] = [];
  for (const text of [narrative || subtitle, ...facts]) {
    if (NAMES_ONLY.test(text) && parts.join(" ").length >= ENOUGH_CHARS) continue;
    const rest = withoutTitle(text, title);
    const form = bare(rest);
    if (form === "" || told.some((each) => each.includes(form.slice(0, SAME_CHARS)))) continue;
    told.push(form);
    parts.push(rest.replace(/[;,:]$/, ""));
  }
  return parts.join(parts.every((part) => /[.!?。！？…]$/.test(part)) ? " " : " · ");
}

/** The words by which a line is told apart from others, in lower case; of CJK text its pairs. */
export function tellingWords(text: string): ReadonlySet<string> {
  const words = (text.toLowerCase().match(NAME) ?? []).filter(
    (word) => word.length >= WORD_MIN_CHARS && !STOP_WORDS.has(word),
  );
  return new Set([...words, ...cjkPairs(text)]);
}
