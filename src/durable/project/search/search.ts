/**
 * A search in one project: words looked up, channels asked, scores added, rows shown. The SQL of all
 * of this stands in `../store/`, in the module that owns the table.
 */

import type { Filters } from "../../../contract/params.ts";
import type { QueryReading, SearchAnswer } from "../../../contract/recall.ts";
import type { ProjectRef } from "../../../memory/delivery.ts";
import { factsOf, type ItemFacts } from "../store/postings.ts";
import { admitted } from "../store/search-index.ts";
import type { View } from "../store/visible.ts";
import { K1 } from "./bm25.ts";
import { type AskedQuery, CANDIDATES, type Channel } from "./channels/channel.ts";
import { files } from "./channels/files.ts";
import { near } from "./channels/near.ts";
import { neighbours } from "./channels/neighbours.ts";
import { recency } from "./channels/recency.ts";
import { terms } from "./channels/terms.ts";
import { trigram } from "./channels/trigram.ts";
import { type Fused, fusePhrasings, ScoreSum } from "./fuse.ts";
import { showHit } from "./hit.ts";
import { idfOf, type LookedUp, Lookup } from "./lookup.ts";
import {
  isRestricted,
  type ParsedQuery,
  parsePlainText,
  parseQuery,
  quoteMatch,
  type Term,
} from "./query.ts";
import { type Ranked, rerank } from "./rerank.ts";
import { findSimilarWords, similarTerms } from "./similar-words.ts";

export interface SearchQuery {
  project: ProjectRef;
  q: string;
  /** Other phrasings of the same question. */
  also?: readonly string[];
  /** They are texts that nobody typed as queries: nothing in them requires, excludes or filters. */
  plain?: boolean;
  filters: Filters;
  limit: number;
  now: number;
}

export interface Ranking {
  ranked: Ranked[];
  terms: Term[];
  /** How many words of the query stand nowhere in the project. */
  unknown: number;
  /** For each word that was not found as it stands, what was searched in its place. */
  similar: ReadonlyMap<string, string[]>;
  /** How the query was read, where nothing was left so that its text was searched as plain words. */
  readAs: QueryReading | null;
}

/** Asked with the words as they stand. Results name their channels in this order. */
const CHANNELS: readonly Channel[] = [recency, terms, near, files, neighbours];
/** Asked then, with words that are spelt like those that were not found. */
const FALL_BACKS: readonly Channel[] = [trigram];

/** Searches and shows the best. */
export function search(view: View, query: SearchQuery): SearchAnswer {
  const { ranked, terms, similar, readAs } = rank(view, query);
  const several = (query.also ?? []).length > 0;
  const words = terms.flatMap((term) => term.forms);
  const items = ranked
    .slice(0, query.limit)
    .map((hit) => showHit(query.project, hit, words, several));
  return {
    items,
    ...(similar.size === 0 ? {} : { fallback: "trigram", similar: Object.fromEntries(similar) }),
    ...(readAs === null ? {} : { read_as: readAs }),
  };
}

/**
 * Searches: the best first, repeats folded into their newest. Where what the texts require, exclude
 * and filter leaves nothing, their words are searched.
 */
export function rank(view: View, query: SearchQuery): Ranking {
  const texts = [query.q, ...(query.also ?? [])].filter(
    (text, index) => index === 0 || text.trim() !== "",
  );
  const parsed = texts.map((text) =>
    query.plain === true ? parsePlainText(text) : parseQuery(text, query.now),
  );
  const found = rankParsed(view, parsed, query);
  const restricted = parsed.find(isRestricted);
  if (found.ranked.length > 0 || restricted === undefined) return found;
  const { phrases, excluded, filters } = restricted;
  const again = rankParsed(view, texts.map(parsePlainText), query);
  return { ...again, readAs: { phrases, excluded, filters: Object.keys(filters) } };
}

function rankParsed(
  view: View,
  parsed: readonly ParsedQuery[],
  { filters, limit }: Pick<SearchQuery, "filters" | "limit">,
): Ranking {
  const shared = { view, lookup: new Lookup(view.db), facts: factReader(view) };
  // Some become one, and some fall behind others.
  const candidates = Math.min(CANDIDATES, SPARE + 2 * limit);
  const answers = parsed.map((one) => searchText(shared, one, filters, candidates));
  const fused = fusePhrasings(answers.map(({ best }) => best)).slice(0, candidates);
  const follow = answers.every((one) => one.follow);
  return {
    ranked: rerank(view, fused, follow),
    terms: answers.flatMap(({ terms: own }) => own),
    unknown: answers.reduce((sum, { unknown }) => sum + unknown, 0),
    similar: new Map(answers.flatMap(({ similar }) => [...similar])),
    readAs: null,
  };
}

/** What all phrasings of one question share: each word and each item is looked up once. */
interface Shared {
  view: View;
  lookup: Lookup;
  facts: AskedQuery["facts"];
}

/** What one phrasing finds. */
interface Found extends Pick<Ranking, "terms" | "unknown" | "similar"> {
  best: Fused[];
  /** No filter: what was found may lead to what replaced it. */
  follow: boolean;
}

function searchText(
  { view, lookup, facts }: Shared,
  parsed: ParsedQuery,
  given: Filters,
  most: number,
): Found {
  const filters = { ...parsed.filters, ...given };
  const phrases = parsed.phrases.map((phrase) => ({ text: phrase, forms: [phrase] }));
  const words = lookup.of([...phrases, ...parsed.terms]);
  const admit = admission(view, parsed, filters);
  const asked: AskedQuery = { view, parsed, filters, words, similar: NOTHING, facts, admit };
  const scores = new ScoreSum();
  for (const channel of CHANNELS) scores.add(channel, asked);
  const missing = scores.total.size > 0 ? words.unknown : parsed.terms;
  const similar = findSimilarWords(view, missing, filters);
  if (similar.size > 0) {
    const instead = { ...asked, similar: lookup.of(similarTerms(similar)) };
    for (const channel of FALL_BACKS) scores.add(channel, instead);
  }
  return {
    best: scores.best(mostOf(words), most),
    terms: [...words.known, ...similarTerms(similar)],
    // Of what came apart the words are counted.
    unknown: words.unknown.filter(({ text }) => !text.includes(" ")).length,
    similar,
    follow: Object.keys(filters).length === 0,
  };
}

/** Candidates beyond those asked for. */
const SPARE = 10;

const NOTHING: LookedUp = { totals: { items: 0, words: 0 }, known: [], unknown: [] };

/** What an item would score that said nothing but the words of the query; 1 where there are none. */
function mostOf({ known, unknown, totals }: LookedUp): number {
  const idf = known.reduce((sum, term) => sum + term.idf, unknown.length * idfOf(totals, 0));
  return idf === 0 ? 1 : idf * (K1 + 1);
}

/** Reads the facts of each item once. */
function factReader(view: View): AskedQuery["facts"] {
  const known = new Map<number, ItemFacts | null>();
  return (numbers) => {
    const missing = numbers.filter((n) => !known.has(n));
    if (missing.length > 0) {
      for (const n of missing) known.set(n, null);
      for (const facts of factsOf(view, missing)) known.set(facts.n, facts);
    }
    return numbers.flatMap((n) => known.get(n) ?? []);
  };
}

function admission(view: View, parsed: ParsedQuery, filters: Filters): AskedQuery["admit"] {
  const { phrases, excluded } = parsed;
  if (phrases.length + excluded.length + Object.keys(filters).length === 0) return null;
  const restriction = {
    required: phrases.map(quoteMatch),
    excluded: excluded.map(quoteMatch),
    filters,
  };
  return (numbers) => admitted(view, numbers, restriction);
}
