/** A search in one project: words looked up, channels asked, ranks fused, rows shown. */

import type { Filters } from "../../../contract/params.ts";
import type { QueryReading, SearchAnswer } from "../../../contract/recall.ts";
import type { ProjectRef } from "../../../memory/delivery.ts";
import type { View } from "../store/visible.ts";
import { type AskedQuery, CANDIDATES, type Channel } from "./channels/channel.ts";
import { files } from "./channels/files.ts";
import { near, pairs } from "./channels/near.ts";
import { recency } from "./channels/recency.ts";
import { terms } from "./channels/terms.ts";
import { similarTerms, trigram } from "./channels/trigram.ts";
import { fuse, type Proposal } from "./fuse.ts";
import { showHit } from "./hit.ts";
import {
  isRestricted,
  matchExpression,
  type ParsedQuery,
  parsePlainText,
  parseQuery,
  type Term,
} from "./query.ts";
import { type Ranked, rerank } from "./rerank.ts";
import { findSimilarWords } from "./similar-words.ts";
import { termStatistics } from "./term-statistics.ts";

export interface SearchQuery {
  project: ProjectRef;
  q: string;
  /** `q` is a text that nobody typed as a query: nothing in it requires, excludes or filters. */
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
const CHANNELS: readonly Channel[] = [recency, terms, pairs, near, files];
/** Asked then, with words that are spelt like those that were not found. */
const FALL_BACKS: readonly Channel[] = [trigram];

/** Searches and shows the best. */
export function search(view: View, query: SearchQuery): SearchAnswer {
  const { ranked, terms, similar, readAs } = rank(view, query);
  const words = terms.flatMap((term) => term.forms);
  const items = ranked.slice(0, query.limit).map((hit) => showHit(query.project, hit, words));
  return {
    items,
    ...(similar.size === 0 ? {} : { fallback: "trigram", similar: Object.fromEntries(similar) }),
    ...(readAs === null ? {} : { read_as: readAs }),
  };
}

/**
 * Searches: the best first, repeats folded into their newest. Where what the text requires, excludes
 * and filters leaves nothing, its words are searched.
 */
export function rank(view: View, query: SearchQuery): Ranking {
  const plain = query.plain === true;
  const parsed = plain ? parsePlainText(query.q) : parseQuery(query.q, query.now);
  const found = rankParsed(view, parsed, query.filters);
  if (found.ranked.length > 0 || !isRestricted(parsed)) return found;
  const { phrases, excluded, filters } = parsed;
  const again = rankParsed(view, parsePlainText(query.q), query.filters);
  return { ...again, readAs: { phrases, excluded, filters: Object.keys(filters) } };
}

function rankParsed(view: View, parsed: ParsedQuery, given: Filters): Ranking {
  const filters = { ...parsed.filters, ...given };
  const words = termStatistics(view, parsed.terms);
  const match = matchExpression(parsed, words.telling, words.leading);
  const asked = { view, parsed, filters, words, match, similar: new Map<string, string[]>() };

  const proposals = propose(CHANNELS, asked);
  const found = proposals.some(({ ids }) => ids.length > 0);
  const similar = findSimilarWords(view, found ? words.unknown : parsed.terms, filters);
  proposals.push(...propose(FALL_BACKS, { ...asked, similar }));

  const phrases = parsed.phrases.map((phrase) => ({ text: phrase, forms: [phrase] }));
  const follow = Object.keys(filters).length === 0;
  return {
    ranked: rerank(view, fuse(proposals).slice(0, CANDIDATES), follow),
    terms: [...phrases, ...words.telling, ...similarTerms(similar)],
    unknown: words.unknown.length,
    similar,
    readAs: null,
  };
}

function propose(channels: readonly Channel[], asked: AskedQuery): Proposal[] {
  return channels.flatMap((channel) => {
    const ids = channel.find(asked);
    return ids === null ? [] : [{ ...channel, ids }];
  });
}
