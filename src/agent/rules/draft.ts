/** An observation within its limits, with a title that no other of the session has. */

import type { Concept, ObservationType } from "../../contract/vocabulary.ts";
import type { DraftObservation } from "../../memory/observation.ts";
import { truncate } from "../../platform/truncate.ts";
import { INDEX_TEXT_MAX } from "./index-text.ts";
import { otherWordsFor } from "./lexicon.ts";
import { capitalised, plain, shorten } from "./prose.ts";
import { FACT_CHARACTERS } from "./telling.ts";

export const TITLE_MAX = 90;
const SUBTITLE_MAX = 120;
export const NARRATIVE_MAX = 500;
const FACTS_MAX = 6;
/** What more was done about it is activity. */
const SOURCES_MAX = 4;

/** Words by which a title would read like a tool's name, and what a person would write instead. */
const VERBS: [RegExp, string][] = [
  [/^read(?:ing)?\b/i, "Look at"],
  [/^(?:multi)?edit(?:ing)?\b/i, "Change"],
  [/^writ(?:e|ing)\b/i, "Set down"],
  [/^(?:grep|search)\b/i, "Look for"],
  [/^glob\b/i, "Find"],
  [/^fetch\b/i, "Get"],
];
const TOOL_NAME =
  /^(?:bash|shell|read|edit|multiedit|write|grep|glob|ls\b|task|agent\b|webfetch|websearch|fetch|search|todo|skill|notebook|exitplan|askuser|kill|apply_patch|update_plan|run_)/i;

/** A title that does not begin with a tool's name, cut to `TITLE_MAX`, at the end of a clause if one is near. */
export function asTitle(text: string): string {
  let title = plain(text).replace(/[\s.:;,。：]{1,6}$/, "");
  for (const [verb, instead] of VERBS) title = title.replace(verb, instead);
  title = capitalised(title);
  if (TOOL_NAME.test(title)) title = `About ${title}`;
  if (title.length <= TITLE_MAX) return title;
  const clause = /^.{45,88}?(?=\s?[;:(—–]\s?|,\s|\s(?:so|because|which|but|and)\s)/u;
  const ends = [
    ...truncate(title, TITLE_MAX).matchAll(/\s?[;(—–]|,\s|\s(?:so|because|which|but)\s|:\s/gu),
  ].findLast(({ index }) => index >= 45);
  return ends === undefined || !clause.test(title)
    ? shorten(title, TITLE_MAX)
    : title.slice(0, ends.index);
}

/** The first of `candidates` that is not taken, else the first with a mark that tells it apart. */
export function freeTitle(candidates: readonly string[], taken: Set<string>, at: number): string {
  const titles = candidates.map(asTitle).filter((title) => title.length >= 4);
  const free = titles.find((title) => !taken.has(title.toLowerCase()));
  const base = titles[0] ?? "Work without a name";
  const clock = new Date(at).toISOString().slice(11, 16);
  const marked = (mark: string) => `${shorten(base, TITLE_MAX - mark.length)}${mark}`;
  let title = free ?? marked(` (${clock})`);
  for (let n = 2; taken.has(title.toLowerCase()); n += 1) title = marked(` (${clock}, ${n})`);
  taken.add(title.toLowerCase());
  return title;
}

/** What an observation says, before it is fitted. */
export interface Content {
  type: ObservationType;
  /** The most specific first. */
  titles: string[];
  subtitle?: string;
  narrative: string;
  facts: string[];
  concepts: Concept[];
  /** The most telling first. */
  sources: string[];
  index: string;
  at: number;
}

/** `content` as a draft; `taken` holds the session's titles in lower case and gets the new one. */
export function draft(content: Content, taken: Set<string>): DraftObservation {
  const { type, titles, subtitle, narrative, facts, concepts, sources, index, at } = content;
  const title = freeTitle(titles, taken, at);
  const told = `${title} ${narrative}`.toLowerCase();
  return {
    type,
    title,
    subtitle: shorten(subtitle ?? "", SUBTITLE_MAX),
    narrative: shorten(narrative, NARRATIVE_MAX),
    facts: [...new Set(facts.map((fact) => shorten(fact, FACT_CHARACTERS)))]
      .filter((fact) => fact !== "" && !told.includes(fact.toLowerCase()))
      .slice(0, FACTS_MAX),
    concepts,
    sources: [...new Set(sources)].slice(0, SOURCES_MAX),
    activity: false,
    index_text: withOtherWords(index, [title, narrative, ...facts].join("\n")),
  };
}

/** What is searched, and last the lexicon's words for what is said. */
function withOtherWords(index: string, said: string): string {
  const others = otherWordsFor(said);
  const room = INDEX_TEXT_MAX - others.length - 1;
  return others === "" ? truncate(index, INDEX_TEXT_MAX) : `${truncate(index, room)}\n${others}`;
}
