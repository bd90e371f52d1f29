/** A search in one project: words looked up, channels asked, ranks fused, rows shown. */

import type { Filters } from "../../../contract/params.ts";
import type { SearchAnswer } from "../../../contract/recall.ts";
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
import { matchExpression, parseQuery, type Term } from "./query.ts";
import { type Ranked, rerank } from "./rerank.ts";
import { findSimilarWords } from "./similar-words.ts";
import { termStatistics } from "./term-statistics.ts";

export interface SearchQuery {
  project: ProjectRef;
  q: string;
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
}

/** Asked with the words as they stand. Results name their channels in this order. */
const CHANNELS: readonly Channel[] = [recency, terms, pairs, near, files];
/** Asked then, with words that are spelt like those that were not found. */
const FALL_BACKS: readonly Channel[] = [trigram];

/** Searches and shows the best. */
export function search(view: View, query: SearchQuery): SearchAnswer {
  const { ranked, terms, similar } = rank(view, query);
  const words = terms.flatMap((term) => term.forms);
  const items = ranked.slice(0, query.limit).map((hit) => showHit(query.project, hit, words));
  if (similar.size === 0) return { items };
  return { items, fallback: "trigram", similar: Object.fromEntries(similar) };
}

/** Searches: the best first, repeats folded into their newest. */
export function rank(view: View, query: SearchQuery): Ranking {
  const parsed = parseQuery(query.q, query.now);
  const filters = { ...parsed.filters, ...query.filters };
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
  };
}

function propose(channels: readonly Channel[], asked: AskedQuery): Proposal[] {
  return channels.flatMap((channel) => {
    const ids = channel.find(asked);
    return ids === null ? [] : [{ ...channel, ids }];
  });
}
