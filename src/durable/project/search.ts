/** A search in one project: words looked up, channels asked, ranks fused, rows shown. */
import type { ProjectRef } from "../../memory/contracts.ts";
import type { Database } from "../database.ts";
import { listItems, readItems, repeatGroups } from "./items-store.ts";
import {
  type Filters,
  matchExpression,
  type ParsedQuery,
  parseQuery,
  quoteMatch,
  type Term,
  termMatch,
} from "./query.ts";
import { type Channel, type Fused, fuse } from "./ranking.ts";
import type { ItemRow } from "./rows.ts";
import {
  countInSample,
  matchesAny,
  rankByTerms,
  sampleOf,
  type TrigramCandidate,
  trigramCandidates,
} from "./search-index.ts";
import type { SearchAnswer } from "./shapes.ts";
import { coverage, showHit } from "./show-hit.ts";
import { wordSimilarity } from "./similarity.ts";
import { wordsOf } from "./words.ts";

export interface SearchQuery {
  project: ProjectRef;
  q: string;
  filters: Filters;
  limit: number;
  now: number;
}

/** How many each channel proposes. */
const CANDIDATES = 60;
/** A word in more than this share of the items tells nothing, and costs most. */
const COMMON_SHARE = 0.2;
/** With fewer items than this, nothing is called common. */
const COMMON_MIN_ITEMS = 50;
/** Of a query that consists of common words only, the rarest stay. */
const KEPT_WHEN_ALL_COMMON = 3;

const WEIGHTS = { terms: 1, pairs: 0.5, files: 0.5, trigram: 0.5, recency: 0.05 };
/** History and mere requests stand behind what tells the same. */
const SUPERSEDED_FACTOR = 0.5;
const PROMPT_FACTOR = 0.7;

/** A found item and how well it fits. */
export interface Ranked {
  row: ItemRow;
  score: number;
  /** Share of the query's words that it has, 0 to 1. */
  coverage: number;
  channels: string[];
  /** Numbers of all observations that say the same, newest first, where there are several. */
  repeats: number[];
}

export interface Ranking {
  ranked: Ranked[];
  terms: Term[];
  fallback: Map<string, string[]>;
}

/** Searches and shows the best. */
export function search(db: Database, query: SearchQuery): SearchAnswer {
  const { ranked, terms, fallback } = rank(db, query);
  const words = terms.flatMap((term) => term.forms);
  const items = ranked.slice(0, query.limit).map((hit) => showHit(query.project, hit, words));
  if (fallback.size === 0) return { items };
  return { items, fallback: "trigram", similar: Object.fromEntries(fallback) };
}

/** Searches: the best first, repeats folded into their newest. */
export function rank(db: Database, query: SearchQuery): Ranking {
  const parsed = parseQuery(query.q, query.now);
  const filters = { ...parsed.filters, ...query.filters };
  if (parsed.terms.length === 0 && parsed.phrases.length === 0) {
    return { ranked: byRecency(db, parsed, filters), terms: [], fallback: new Map() };
  }
  const words = weigh(db, parsed.terms);
  const match = matchExpression(parsed, words.telling);
  const channels: Channel[] = [];
  if (match !== null) {
    channels.push(channel("terms", rankByTerms(db, match, filters, CANDIDATES)));
    const pairs = pairMatch(words.telling);
    if (pairs !== null) {
      const pairQuery = matchExpression({ phrases: [], excluded: parsed.excluded }, []);
      const whole = restrict(parsed, pairs);
      if (pairQuery === null)
        channels.push(channel("pairs", rankByTerms(db, whole, filters, CANDIDATES)));
    }
    if (parsed.paths.length > 0) {
      const files = parsed.paths.map((path) => `files : ${quoteMatch(path)}`).join(" OR ");
      const whole = restrict(parsed, files);
      channels.push(channel("files", rankByTerms(db, whole, filters, CANDIDATES)));
    }
  }
  const fallback = new Map<string, string[]>();
  const found = channels.some(({ ids }) => ids.length > 0);
  if (words.unknown.length > 0 || !found) {
    const similar = bySimilarWords(db, parsed, found ? words.unknown : parsed.terms, filters);
    for (const [word, others] of similar.words) fallback.set(word, others);
    if (similar.ids.length > 0) channels.push(channel("trigram", similar.ids));
  }
  const fused = fuse(channels);
  const rows = readItems(
    db,
    fused.slice(0, CANDIDATES).map(({ id }) => id),
  );
  const terms = [...words.telling, ...similarTerms(fallback)];
  const phrases = parsed.phrases.map((phrase) => ({ text: phrase, forms: [phrase] }));
  return {
    ranked: fold(db, judge(fused, rows, channels, [...phrases, ...terms])),
    terms: [...phrases, ...terms],
    fallback,
  };
}

function channel(name: keyof typeof WEIGHTS, ids: number[]): Channel {
  return { name, weight: WEIGHTS[name], ids };
}

/** A channel's own expression, with what the query requires and excludes. */
function restrict(parsed: ParsedQuery, match: string): string {
  const required = parsed.phrases.map((phrase) => ` AND ${quoteMatch(phrase)}`).join("");
  const excluded = parsed.excluded.map(quoteMatch).join(" OR ");
  return excluded === "" ? `(${match})${required}` : `((${match})${required}) NOT (${excluded})`;
}

/** Without words: what passes the filters, newest first. */
function byRecency(db: Database, parsed: ParsedQuery, filters: Filters): Ranked[] {
  if (Object.keys(filters).length === 0 && parsed.excluded.length === 0) return [];
  const rows = listItems(db, filters, null, CANDIDATES);
  const text = (row: ItemRow) => JSON.stringify(row.content).toLowerCase();
  return fold(
    db,
    rows
      .filter((row) => !parsed.excluded.some((word) => text(row).includes(word.toLowerCase())))
      .map((row, index) => ({
        row,
        score: 1 / (index + 1),
        coverage: 1,
        channels: ["recency"],
        repeats: [],
      })),
  );
}

interface WeighedWords {
  /** To be searched. */
  telling: Term[];
  /** In no item at all. */
  unknown: Term[];
}

/** Sorts words by what they tell in this project; the newest items stand for all. */
function weigh(db: Database, terms: Term[]): WeighedWords {
  const sample = sampleOf(db);
  const known: { term: Term; share: number }[] = [];
  const unknown: Term[] = [];
  for (const term of terms) {
    const match = termMatch(term);
    const count = countInSample(db, match, sample);
    if (count === 0 && !matchesAny(db, match)) unknown.push(term);
    else known.push({ term, share: count / Math.max(1, sample.items) });
  }
  const uncommon = known.filter(
    ({ share }) => share <= COMMON_SHARE || sample.items < COMMON_MIN_ITEMS,
  );
  if (uncommon.length > 0) return { telling: uncommon.map(({ term }) => term), unknown };
  const rarest = known.toSorted((a, b) => a.share - b.share).slice(0, KEPT_WHEN_ALL_COMMON);
  return { telling: rarest.map(({ term }) => term), unknown };
}

/** Words that stand side by side in the query, side by side in the text; null for a single word. */
function pairMatch(terms: Term[]): string | null {
  const words = terms.map((term) => term.forms[0] ?? "").filter((word) => !word.includes(" "));
  const pairs: string[] = [];
  for (let i = 0; i + 1 < words.length; i++) {
    pairs.push(`NEAR(${quoteMatch(words[i] ?? "")} ${quoteMatch(words[i + 1] ?? "")}, 4)`);
  }
  return pairs.length === 0 ? null : pairs.join(" OR ");
}

/** Similarity from which on a word is taken for a misspelling of another. */
const SIMILAR_WORD = 0.5;
const SIMILAR_WORDS_MAX = 3;
const TRIGRAM_CANDIDATES = 100;
/** Shorter words have too few trigrams to tell anything. */
const TRIGRAM_MIN_CHARS = 4;

interface Similar {
  words: Map<string, string[]>;
  ids: number[];
}

/** Looks up words that are spelt like unknown ones, and ranks what has them. */
function bySimilarWords(
  db: Database,
  parsed: ParsedQuery,
  unknown: Term[],
  filters: Filters,
): Similar {
  const words = new Map<string, string[]>();
  const asked = unknown.filter(
    ({ text }) => !text.includes(" ") && [...text].length >= TRIGRAM_MIN_CHARS,
  );
  for (const { text } of asked) {
    const candidates = trigramCandidates(db, piecesOf(text), filters, TRIGRAM_CANDIDATES);
    const similar = similarWords(text, candidates);
    if (similar.length > 0) words.set(text, similar);
  }
  const terms = similarTerms(words);
  if (terms.length > 0) {
    const match = matchExpression(parsed, terms);
    return { words, ids: match === null ? [] : rankByTerms(db, match, filters, CANDIDATES) };
  }
  return { words, ids: [] };
}

function similarTerms(words: Map<string, string[]>): Term[] {
  return [...new Set([...words.values()].flat())].map((text) => ({ text, forms: [text] }));
}

/** One slip leaves at least one half of a word as it was. */
function piecesOf(word: string): string[] {
  const characters = [...word];
  const half = Math.max(3, Math.ceil(characters.length / 2));
  return [characters.slice(0, half).join(""), characters.slice(-half).join("")];
}

function similarWords(word: string, candidates: TrigramCandidate[]): string[] {
  const best = new Map<string, number>();
  for (const { title, body, files } of candidates) {
    for (const other of new Set(wordsOf(`${title}\n${body}\n${files}`.toLowerCase()))) {
      if (best.has(other)) continue;
      const similarity = other.includes(word) ? 0.9 : wordSimilarity(word, other);
      best.set(other, similarity);
    }
  }
  return [...best]
    .filter(([, similarity]) => similarity >= SIMILAR_WORD)
    .sort((a, b) => b[1] - a[1])
    .slice(0, SIMILAR_WORDS_MAX)
    .map(([other]) => other);
}

/** Joins ranks and rows, and lets recency and standing have their small say. */
function judge(fused: Fused[], rows: ItemRow[], channels: Channel[], terms: Term[]): Ranked[] {
  const best = channels.reduce((sum, { weight }) => sum + weight, 0) / 61;
  const byNumber = new Map(rows.map((row) => [row.n, row]));
  const newestFirst = rows.toSorted((a, b) => b.created_at - a.created_at).map(({ n }) => n);
  const recency = new Map(newestFirst.map((n, index) => [n, index]));
  const ranked: Ranked[] = [];
  for (const { id, score, channels: names } of fused) {
    const row = byNumber.get(id);
    if (row === undefined) continue;
    let final = score / best + (WEIGHTS.recency * 1) / (1 + (recency.get(id) ?? 0));
    if (row.superseded_by !== null) final *= SUPERSEDED_FACTOR;
    if (row.kind === "prompt") final *= PROMPT_FACTOR;
    ranked.push({
      row,
      score: final,
      coverage: coverage(row, terms),
      channels: names,
      repeats: [],
    });
  }
  return ranked.sort((a, b) => b.score - a.score);
}

/** Repeats become one row: the newest that was found, with the others' numbers. */
function fold(db: Database, ranked: Ranked[]): Ranked[] {
  const firsts = [...new Set(ranked.map(({ row }) => row.repeats ?? row.n))];
  const groups = repeatGroups(db, firsts);
  const shown = new Map<number, Ranked>();
  for (const hit of ranked) {
    const first = hit.row.repeats ?? hit.row.n;
    const known = shown.get(first);
    if (known === undefined) {
      const group = groups.get(first);
      shown.set(first, { ...hit, repeats: group === undefined ? [] : [...group, first] });
    } else if (hit.row.n > known.row.n) known.row = hit.row;
  }
  return [...shown.values()];
}
