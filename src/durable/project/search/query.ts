/**
 * What is asked for, read into words, phrases, exclusions and filters, and the MATCH expression made
 * of them. Nothing of the text reaches SQLite unquoted.
 */

import { QUERY_MAX_CHARS } from "../../../contract/limits.ts";
import type { Filters } from "../../../contract/params.ts";
import { composed, foldedForm } from "../../../platform/text-form.ts";
import { isOption, withoutMarks } from "./command-line.ts";
import { readFilter } from "./filter-words.ts";
import {
  camelParts,
  cjkPairs,
  isCjk,
  isCjkCharacter,
  isCjkParticle,
  STOP_WORDS,
  scriptParts,
  wordsOf,
} from "./words.ts";

/**
 * One thing asked for. Every one of `forms` is a way to write it; each is matched as a phrase of
 * the words it consists of.
 */
export interface Term {
  /** As it was typed, lower case. */
  text: string;
  forms: string[];
  /** Nobody typed it so: where it stands nowhere, nothing is missing. */
  optional?: true;
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

// -"phrase"  "phrase"  name:"value"  name:value  -word  word
const PIECE = /(-?)"([^"]*)"?|([a-z]+):(?:"([^"]*)"?|(\S+))|(\S+)/giu;

/**
 * Reads what was typed into a search box. Never fails: what can be no filter and no exclusion is a
 * word. `now` is for relative times.
 */
export function parseQuery(text: string, now: number): ParsedQuery {
  const asked = clean(text);
  const query: ParsedQuery = { terms: [], phrases: [], excluded: [], paths: [], filters: {} };
  const words: string[] = [];
  const minus = new Set<number>();
  for (const piece of asked.matchAll(PIECE)) {
    const [whole, sign, phrase, name, quotedValue, bareValue, word] = piece;
    if (phrase !== undefined) {
      if (wordsOf(phrase).length === 0) continue;
      (sign === "-" ? query.excluded : query.phrases).push(phrase);
    } else if (name !== undefined) {
      const value = quotedValue ?? bareValue ?? "";
      if (!readFilter(query.filters, name.toLowerCase(), value, now)) words.push(whole);
    } else if (word !== undefined && wordsOf(word).length > 0) {
      // A list that was pasted has its marks at the beginning of lines.
      const marksLine = /\n\s*$/.test(asked.slice(0, piece.index)) || asked.startsWith("- ");
      if (/^-[^-]/.test(word) && !marksLine) minus.add(words.length);
      words.push(word);
    }
  }
  const alone =
    words.length - minus.size + query.phrases.length === 0 &&
    Object.keys(query.filters).length === 0;
  const excludes = (index: number) => minus.has(index) && !alone && !isOption(words, index);
  for (const index of minus) {
    if (excludes(index)) query.excluded.push((words[index] ?? "").slice(1));
  }
  return { ...query, ...wordsAsked(words.filter((_, index) => !excludes(index))) };
}

/** Reads a text that nobody typed as a query (a prompt): all of it is words. */
export function parsePlainText(text: string): ParsedQuery {
  const words = clean(text).match(/\S+/g) ?? [];
  return { phrases: [], excluded: [], filters: {}, ...wordsAsked(words) };
}

/** True where the text itself says what must or must not be, so that nothing may be left. */
export function isRestricted({ phrases, excluded, filters }: ParsedQuery): boolean {
  return phrases.length + excluded.length + Object.keys(filters).length > 0;
}

/** True for so many words at least, none of which requires, excludes or filters. */
export function isPlainQuestion(text: string, leastWords: number): boolean {
  const parsed = parseQuery(text, 0);
  const typed = parsed.terms.filter(({ optional }) => optional !== true);
  return !isRestricted(parsed) && typed.length >= leastWords;
}

function wordsAsked(plain: string[]): Pick<ParsedQuery, "terms" | "paths"> {
  return { paths: plain.filter(isPathLike).map(trimPunctuation), terms: termsOf(plain) };
}

function clean(text: string): string {
  // Lone surrogates and control characters are no part of any word; the ends of lines stay.
  return foldedForm(text.toWellFormed())
    .slice(0, QUERY_MAX_CHARS)
    .replace(/(?!\n)[\p{Cc}\uFFFD]/gu, " ")
    .replace(/[“”„«»]/g, '"');
}

function trimPunctuation(word: string): string {
  return word.replace(/^[^\p{L}\p{N}./~]+|[^\p{L}\p{N}/]+$/gu, "");
}

/** `live.ex`, `lib/spotter`, `./a`: has a dot or a slash between or before letters. */
function isPathLike(word: string): boolean {
  return /[\p{L}\p{N}_-][./][\p{L}\p{N}_]/u.test(word) || /^[~.]?\/[\p{L}\p{N}]/u.test(word);
}

/** Words → terms, each once, without stop-words unless there is nothing else. */
export function termsOf(plain: readonly string[]): Term[] {
  const terms = new Map<string, Term>();
  const stopped: string[] = [];
  const add = (text: string, forms: string[]) => {
    const term = terms.get(text);
    if (term === undefined) terms.set(text, { text, forms });
  };
  for (const word of plain) {
    const pieces = wordsOf(word.replace(/['’](?:s|re|ve|ll|d|t|m)\b/giu, "")).flatMap(scriptParts);
    for (const piece of pieces) {
      const lower = piece.toLowerCase();
      const pairs = cjkPairs(piece);
      if (pairs.length > 0) {
        for (const pair of pairs) add(pair, [pair]);
        continue;
      }
      if (isCjkCharacter(piece)) {
        if (isCjkParticle(piece)) stopped.push(piece);
        else add(piece, [piece]);
        continue;
      }
      const parts = camelParts(piece).map((part) => part.toLowerCase());
      if (parts.length > 1) {
        add(lower, [lower, parts.join(" ")]);
        for (const part of parts) if (isTelling(part)) add(part, [part]);
      } else if (isTelling(lower)) add(lower, [lower]);
      else stopped.push(lower);
    }
    // `-f` tells more than a letter does: it was typed for itself.
    const letter = /^-([a-z])$/i.exec(withoutMarks(word))?.[1]?.toLowerCase();
    if (letter !== undefined) add(letter, [letter]);
    // `retry-after` is also `retryAfter`, and worth more in one piece.
    if (pieces.length > 1 && pieces.length <= 6 && !pieces.some(isCjk)) {
      const phrase = pieces.join(" ").toLowerCase();
      const joined = pieces.join("").toLowerCase();
      add(phrase, pieces.length <= 4 ? [phrase, joined] : [phrase]);
    }
  }
  if (terms.size === 0) for (const word of stopped) add(word, [word]);
  return [...terms.values(), ...joinedTerms(plain)].slice(0, TERMS_MAX);
}

/** `rate limit` is also `ratelimit`, `log in` also `login`: two words that others write as one. */
function joinedTerms(plain: readonly string[]): Term[] {
  const words = plain.map((word) => word.toLowerCase());
  return words.flatMap((word, index): Term[] => {
    const next = words[index + 1] ?? "";
    const joined = `${word}${next}`;
    const fits =
      PLAIN_WORD.test(word) && PLAIN_WORD.test(next) && joined.length >= JOINED_MIN_CHARS;
    if (!fits || !(isTelling(word) || isTelling(next))) return [];
    return [{ text: `${word} ${next}`, forms: [joined], optional: true }];
  });
}

const PLAIN_WORD = /^[a-z]{2,}$/;
const JOINED_MIN_CHARS = 5;

function isTelling(word: string): boolean {
  return !STOP_WORDS.has(word) && (word.length > 1 || /\p{N}/u.test(word));
}

/** A phrase as FTS5 wants it: in double quotes, those inside doubled. */
export function quoteMatch(text: string): string {
  return `"${composed(text).replaceAll("\0", " ").replaceAll('"', '""')}"`;
}

/** A way to write a term as FTS5 wants it. One CJK character is the beginning of a pair or stands last. */
function formMatch(form: string): string {
  return isCjkCharacter(form) ? `${quoteMatch(form)} *` : quoteMatch(form);
}

/** A term as a MATCH expression. */
function termMatch(term: Term): string {
  return term.forms.length === 1
    ? formMatch(term.forms[0] ?? "")
    : `(${term.forms.map(formMatch).join(" OR ")})`;
}

/**
 * The MATCH expression of a query with `terms` for its ranked words; null where there is nothing
 * that could match. An item must have each phrase.
 */
export function matchExpression(
  query: Pick<ParsedQuery, "phrases" | "excluded">,
  terms: readonly Term[],
): string | null {
  // A required phrase stays in the ranked part too: the other words only add to the rank.
  const ranked = [...query.phrases.map(quoteMatch), ...terms.map(termMatch)].join(" OR ");
  if (ranked === "") return null;
  const match = [...query.phrases.map(quoteMatch), `(${ranked})`].join(" AND ");
  if (query.excluded.length === 0) return match;
  return `(${match}) NOT (${query.excluded.map(quoteMatch).join(" OR ")})`;
}
