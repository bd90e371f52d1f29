/** How a search shows what it found: an index into the memory, short enough to read twenty of. */

import type { SearchHit } from "../../../contract/recall.ts";
import type { ProjectRef } from "../../../memory/delivery.ts";
import { foldedForm } from "../../../platform/text-form.ts";
import { isoTime } from "../../../platform/time.ts";
import { bodyOf, filesOf, type ItemRow, titleOf } from "../store/item-row.ts";
import { itemId } from "../store/show-item.ts";
import { sourceOf } from "../store/source-of.ts";
import type { Term } from "./query.ts";
import type { Ranked } from "./rerank.ts";
import { wordsOf } from "./words.ts";

/** A row's JSON is to stay below this on average, in characters. */
const HIT_MAX_CHARS = 570;
const SNIPPET_MIN_CHARS = 40;
const SNIPPET_MAX_CHARS = 240;
const TITLE_MAX_CHARS = 100;
const FILE_MAX_CHARS = 80;
const REASON_MAX_CHARS = 100;
/** The most telling sources; all of them stand in the item itself. */
export const SOURCES_SHOWN = 4;

/** With `several` phrasings, it says which of them found it. */
export function showHit(
  project: ProjectRef,
  hit: Ranked,
  words: string[],
  several: boolean,
): SearchHit {
  const { row, repeats } = hit;
  const shown: SearchHit = {
    id: itemId(project, row.n),
    kind: row.kind,
    project: project.name,
    type: row.type,
    title: cut(oneLine(titleOf(row)), TITLE_MAX_CHARS),
    snippet: "",
    score: Math.round(Math.min(1, hit.score) * 1000) / 1000,
    created_at: isoTime(row.created_at),
    source_kind: sourceOf(row),
    actor: row.actor,
    session: row.session,
    sources: row.content.sources.slice(0, SOURCES_SHOWN),
    channels: hit.channels,
  };
  const [file] = filesOf(row);
  if (file !== undefined) shown.file = cutStart(file, FILE_MAX_CHARS);
  if (row.kind === "observation" && row.content.saved_from !== undefined) {
    shown.saved_from = row.content.saved_from;
  }
  if (several) shown.phrasings = hit.phrasings;
  if (repeats.length > 1) shown.times = repeats.length;
  if (row.kind === "observation" && row.supersedes !== null) shown.has_history = true;
  if (row.superseded_by !== null) shown.superseded_by = itemId(project, row.superseded_by);
  if (row.withdrawn !== null) shown.withdrawn = cut(row.withdrawn.reason, REASON_MAX_CHARS);
  const room = HIT_MAX_CHARS - JSON.stringify(shown).length;
  const size = Math.max(SNIPPET_MIN_CHARS, Math.min(SNIPPET_MAX_CHARS, room));
  shown.snippet = snippet(bodyOf(row), words, size);
  return shown;
}

/** The part of the text where most of the words stand, at most `size` characters. */
export function snippet(parts: string[], words: string[], size: number): string {
  const text = oneLine(parts.join(" · "));
  if (text.length <= size) return text;
  const lower = text.toLowerCase();
  const places: number[] = [];
  for (const word of new Set(words.map(stemOf))) {
    let from = lower.indexOf(word);
    for (let hits = 0; from >= 0 && hits < 8; hits++) {
      places.push(from);
      from = lower.indexOf(word, from + word.length);
    }
  }
  places.sort((a, b) => a - b);
  let start = 0;
  let most = 0;
  for (const place of places) {
    const inside = places.filter((other) => other >= place && other < place + size - 20).length;
    if (inside > most) {
      most = inside;
      start = place;
    }
  }
  // Begin a little before the first word, at a word's border, and not so late that it is short.
  start = Math.max(0, Math.min(start - 20, text.length - size));
  if (start > 0) start = text.indexOf(" ", start) + 1 || start;
  const end = Math.min(text.length, start + size - 2);
  return `${start > 0 ? "…" : ""}${text.slice(start, end).toWellFormed()}${end < text.length ? "…" : ""}`;
}

/** Those of the words asked for that stand in an item's shown text. */
export function termsIn(row: ItemRow, terms: Term[]): Term[] {
  const text = [titleOf(row), ...bodyOf(row), ...filesOf(row)].join("\n").toLowerCase();
  const plain = wordsOf(foldedForm(text)).join(" ");
  return terms.filter(({ forms }) => forms.some((form) => plain.includes(stemOf(form))));
}

/** A word without what porter would cut, roughly: enough to find its place in a text. */
export function stemOf(word: string): string {
  const lower = word.toLowerCase();
  return lower.length > 5 ? lower.replace(/(?:ations?|ings?|ies|es|ed|s|e)$/, "") : lower;
}

export function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

export function cut(text: string, size: number): string {
  return text.length <= size ? text : `${text.slice(0, size - 1).toWellFormed()}…`;
}

/** The end of a path tells more than its beginning. */
function cutStart(path: string, size: number): string {
  return path.length <= size ? path : `…${path.slice(1 - size).toWellFormed()}`;
}
