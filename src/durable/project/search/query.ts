/**
 * What somebody typed into a search box, read into words, phrases, exclusions and filters, and
 * the MATCH expression made of them. Nothing of the text reaches SQLite unquoted.
 */

import { QUERY_MAX_CHARS } from "../../../contract/limits.ts";
import type { Filters } from "../../../contract/params.ts";
import { CONCEPTS, OBSERVATION_TYPES } from "../../../contract/vocabulary.ts";
import { parseTime } from "../../../platform/time.ts";
import { camelParts, cjkPairs, STOP_WORDS, wordsOf } from "./words.ts";

/**
 * One thing asked for. Every one of `forms` is a way to write it; each is matched as a phrase of
 * the words it consists of.
 */
export interface Term {
  /** As it was typed, lower case. */
  text: string;
  forms: string[];
}

export interface ParsedQuery {
  /** Ranked by: the more and the rarer of them an item has, the better. */
  terms: Term[];
  /** Quoted: an item must have each of them. */
  phrases: string[];
  /** `-word`, `-"a phrase"`: an item must have none of them. */
  excluded: string[];
  /** Words with a dot or a slash inside, that may be paths. */
  paths: string[];
  filters: Filters;
}

/** The terms that are looked up; of more, the first count. */
const TERMS_MAX = 48;

const KINDS = ["observation", "summary", "prompt"];

// -"phrase"  "phrase"  name:"value"  name:value  -word  word
const PIECE = /(-?)"([^"]*)"?|([a-z]+):(?:"([^"]*)"?|(\S+))|(\S+)/giu;

/** Reads a query. Never fails: what is no filter is a word. `now` is for relative times. */
export function parseQuery(text: string, now: number): ParsedQuery {
  const query: ParsedQuery = { terms: [], phrases: [], excluded: [], paths: [], filters: {} };
  const plain: string[] = [];
  for (const piece of clean(text).slice(0, QUERY_MAX_CHARS).matchAll(PIECE)) {
    const [whole, minus, phrase, name, quotedValue, bareValue, word] = piece;
    if (phrase !== undefined) {
      if (wordsOf(phrase).length === 0) continue;
      (minus === "-" ? query.excluded : query.phrases).push(phrase);
    } else if (name !== undefined) {
      const value = quotedValue ?? bareValue ?? "";
      if (!readFilter(query.filters, name.toLowerCase(), value, now)) plain.push(whole);
    } else if (word !== undefined && wordsOf(word).length > 0) {
      if (/^-[^-]/.test(word)) query.excluded.push(word.slice(1));
      else plain.push(word);
    }
  }
  query.paths = plain.filter(isPathLike).map(trimPunctuation);
  query.terms = termsOf(plain);
  return query;
}

function clean(text: string): string {
  // Lone surrogates and control characters are no part of any word.
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\uFFFD]/gu, " ")
    .replace(/[“”„«»]/g, '"');
}

function readFilter(filters: Filters, name: string, value: string, now: number): boolean {
  if (value === "") return false;
  switch (name) {
    case "type":
      if (!isOneOf(OBSERVATION_TYPES, value)) return false;
      filters.type = value.toLowerCase();
      return true;
    case "concept":
      if (!isOneOf(CONCEPTS, value)) return false;
      filters.concept = value.toLowerCase();
      return true;
    case "kind":
      if (!isOneOf(KINDS, value)) return false;
      filters.kind = value.toLowerCase();
      return true;
    case "file":
      filters.file = value;
      return true;
    case "session":
    case "branch":
    case "actor":
      filters[name] = value;
      return true;
    case "since":
    case "until": {
      const time = parseTime(value, now, name === "until" ? "end" : "start");
      if (time === null) return false;
      filters[name] = time;
      return true;
    }
    default:
      return false;
  }
}

function isOneOf(values: readonly string[], value: string): boolean {
  return values.includes(value.toLowerCase());
}

function trimPunctuation(word: string): string {
  return word.replace(/^[^\p{L}\p{N}./~]+|[^\p{L}\p{N}/]+$/gu, "");
}

/** `live.ex`, `lib/spotter`, `./a`: has a dot or a slash between or before letters. */
function isPathLike(word: string): boolean {
  return /[\p{L}\p{N}_-][./][\p{L}\p{N}_]/u.test(word) || /^[~.]?\/[\p{L}\p{N}]/u.test(word);
}

/** Words → terms, each once, without stop-words unless there is nothing else. */
function termsOf(plain: string[]): Term[] {
  const terms = new Map<string, Term>();
  const stopped: string[] = [];
  const add = (text: string, forms: string[]) => {
    const term = terms.get(text);
    if (term === undefined) terms.set(text, { text, forms });
  };
  for (const word of plain) {
    const pieces = wordsOf(word.replace(/['’](?:s|re|ve|ll|d|t|m)\b/giu, ""));
    for (const piece of pieces) {
      const lower = piece.toLowerCase();
      const pairs = cjkPairs(piece);
      if (pairs.length > 0) {
        for (const pair of pairs) add(pair, [pair]);
        continue;
      }
      const parts = camelParts(piece).map((part) => part.toLowerCase());
      if (parts.length > 1) {
        add(lower, [lower, parts.join(" ")]);
        for (const part of parts) if (isTelling(part)) add(part, [part]);
      } else if (isTelling(lower)) add(lower, [lower]);
      else stopped.push(lower);
    }
    // `retry-after` is also `retryAfter`, and worth more in one piece.
    if (pieces.length > 1 && pieces.length <= 6 && cjkPairs(word).length === 0) {
      const phrase = pieces.join(" ").toLowerCase();
      const joined = pieces.join("").toLowerCase();
      add(phrase, pieces.length <= 4 ? [phrase, joined] : [phrase]);
    }
  }
  if (terms.size === 0) for (const word of stopped) add(word, [word]);
  return [...terms.values()].slice(0, TERMS_MAX);
}

function isTelling(word: string): boolean {
  return !STOP_WORDS.has(word) && (word.length > 1 || /\p{N}/u.test(word));
}

/** A phrase as FTS5 wants it: in double quotes, those inside doubled. */
export function quoteMatch(text: string): string {
  return `"${text.replaceAll("\0", " ").replaceAll('"', '""')}"`;
}

/** A term as a MATCH expression. */
export function termMatch(term: Term): string {
  return term.forms.length === 1
    ? quoteMatch(term.forms[0] ?? "")
    : `(${term.forms.map(quoteMatch).join(" OR ")})`;
}

/**
 * The MATCH expression of a query with `terms` for its ranked words; null where there is nothing
 * that could match. An item must have each phrase and, where there are `leading` terms, one of them.
 */
export function matchExpression(
  query: Pick<ParsedQuery, "phrases" | "excluded">,
  terms: Term[],
  leading: Term[] = [],
): string | null {
  // A required phrase stays in the ranked part too: the other words only add to the rank.
  const ranked = [...query.phrases.map(quoteMatch), ...terms.map(termMatch)].join(" OR ");
  if (ranked === "") return null;
  const required = query.phrases.map(quoteMatch);
  if (leading.length > 0) required.push(`(${leading.map(termMatch).join(" OR ")})`);
  // FTS5 takes the operands of AND in their order: the rarest first.
  const match = [...required, `(${ranked})`].join(" AND ");
  if (query.excluded.length === 0) return match;
  return `(${match}) NOT (${query.excluded.map(quoteMatch).join(" OR ")})`;
}
