/** A search in one project: words looked up, channels asked, ranks fused, rows shown. */

import type { SearchAnswer } from "../../../contract/items.ts";
import type { ProjectRef } from "../../../memory/delivery.ts";
import { listItems } from "../store/item-queries.ts";
import { rankByTerms } from "../store/search-index.ts";
import type { View } from "../store/visible.ts";
import { type Channel, fuse, RRF_K } from "./fuse.ts";
import { showHit } from "./hit.ts";
import {
  type Filters,
  matchExpression,
  type ParsedQuery,
  parseQuery,
  quoteMatch,
  type Term,
} from "./query.ts";
import { judge, type Ranked } from "./rerank.ts";
import { findSimilarWords } from "./similar-words.ts";
import { nearMatch, PROXIMITIES, weigh } from "./term-statistics.ts";

export interface SearchQuery {
  project: ProjectRef;
  q: string;
  filters: Filters;
  limit: number;
  now: number;
}

/** How many each channel proposes. */
const CANDIDATES = 60;
const WEIGHTS = {
  terms: 1,
  pairs: 0.5,
  near: 0.5,
  files: 0.5,
  trigram: 0.3,
};
export interface Ranking {
  ranked: Ranked[];
  terms: Term[];
  /** How many words of the query stand nowhere in the project. */
  unknown: number;
  fallback: Map<string, string[]>;
}

/** Searches and shows the best. */
export function search(view: View, query: SearchQuery): SearchAnswer {
  const { ranked, terms, fallback } = rank(view, query);
  const words = terms.flatMap((term) => term.forms);
  const items = ranked.slice(0, query.limit).map((hit) => showHit(query.project, hit, words));
  if (fallback.size === 0) return { items };
  return { items, fallback: "trigram", similar: Object.fromEntries(fallback) };
}

/** Searches: the best first, repeats folded into their newest. */
export function rank(view: View, query: SearchQuery): Ranking {
  const parsed = parseQuery(query.q, query.now);
  const filters = { ...parsed.filters, ...query.filters };
  if (parsed.terms.length === 0 && parsed.phrases.length === 0) {
    return { ranked: byRecency(view, parsed, filters), terms: [], unknown: 0, fallback: new Map() };
  }
  const words = weigh(view, parsed.terms);
  const match = matchExpression(parsed, words.telling, words.leading);
  const channels: Channel[] = [];
  if (match !== null) {
    channels.push(channel("terms", rankByTerms(view, match, filters, CANDIDATES)));
    for (const proximity of PROXIMITIES) {
      const near = nearMatch(words, proximity);
      if (near === null) continue;
      const ids = rankByTerms(view, restrict(parsed, near), filters, CANDIDATES);
      channels.push(channel(proximity.name, ids));
    }
    if (parsed.paths.length > 0) {
      const files = parsed.paths.map((path) => `files : ${quoteMatch(path)}`).join(" OR ");
      const whole = restrict(parsed, files);
      channels.push(channel("files", rankByTerms(view, whole, filters, CANDIDATES)));
    }
  }
  const fallback = new Map<string, string[]>();
  const found = channels.some(({ ids }) => ids.length > 0);
  if (words.unknown.length > 0 || !found) {
    for (const [word, others] of findSimilarWords(
      view,
      found ? words.unknown : parsed.terms,
      filters,
    )) {
      fallback.set(word, others);
    }
    const similar = matchExpression(parsed, similarTerms(fallback));
    if (fallback.size > 0 && similar !== null) {
      channels.push(channel("trigram", rankByTerms(view, similar, filters, CANDIDATES)));
    }
  }
  const phrases = parsed.phrases.map((phrase) => ({ text: phrase, forms: [phrase] }));
  const terms = [...phrases, ...words.telling, ...similarTerms(fallback)];
  const most = channels.reduce((sum, { weight }) => sum + weight, 0) / (RRF_K + 1);
  const fused = fuse(channels)
    .slice(0, CANDIDATES)
    .map((entry) => ({ ...entry, score: entry.score / most }));
  const follow = Object.keys(filters).length === 0;
  return {
    ranked: judge(view, fused, follow),
    terms,
    unknown: words.unknown.length,
    fallback,
  };
}

function similarTerms(words: Map<string, string[]>): Term[] {
  return [...new Set([...words.values()].flat())].map((text) => ({ text, forms: [text] }));
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
function byRecency(view: View, parsed: ParsedQuery, filters: Filters): Ranked[] {
  if (Object.keys(filters).length === 0) return [];
  const rows = listItems(view, filters, null, CANDIDATES).filter((row) => {
    const text = JSON.stringify(row.content).toLowerCase();
    return !parsed.excluded.some((word) => text.includes(word.toLowerCase()));
  });
  const found = rows.map(({ n }, index) => ({
    id: n,
    score: 1 / (index + 1),
    channels: ["recency"],
  }));
  return judge(view, found, false);
}
