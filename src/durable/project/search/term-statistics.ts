/** Which words of a query tell something in this project, and how rare they are. */

import { newestNumber } from "../store/item-queries.ts";
import { countInNewest, matchesAny } from "../store/search-index.ts";
import type { View } from "../store/visible.ts";
import { type Term, termMatch } from "./query.ts";

/** How many of the newest items tell how common a word is. */
const SAMPLE_ITEMS = 1000;
/**
 * In a large project the rarest words lead: an item must have one of them, and the others only add
 * to its rank. Words lead, rarest first, until together they are found in so many items;
 */
const LEADING_MATCHES = 4000;
/** or in this share of the items; */
const LEADING_SHARE = 0.2;
/** and at least so many words lead. */
const LEADING_MIN = 2;
/** In such a project, a word in more than this share of the items tells nothing and is left out. */
const COMMON_SHARE = 0.5;

export interface TermStatistics {
  /** Searched and ranked by, in the order of the query. */
  telling: Term[];
  /** Those of them of which an item must have one; empty where any of them will do. */
  leading: Term[];
  /** In no item at all. */
  unknown: Term[];
}

/** Sorts words by what they tell in this project; the newest items stand for all. */
export function termStatistics(view: View, terms: Term[]): TermStatistics {
  const items = newestNumber(view);
  if (items <= LEADING_MATCHES) {
    const unknown = terms.filter((term) => !matchesAny(view, termMatch(term)));
    return { telling: terms.filter((term) => !unknown.includes(term)), leading: [], unknown };
  }
  const known: { term: Term; share: number }[] = [];
  const unknown: Term[] = [];
  for (const term of terms) {
    const match = termMatch(term);
    const count = countInNewest(view, match, items - SAMPLE_ITEMS);
    if (count === 0 && !matchesAny(view, match)) unknown.push(term);
    else known.push({ term, share: count / SAMPLE_ITEMS });
  }
  const most = Math.max(LEADING_MATCHES / items, LEADING_SHARE);
  const leading = new Set<Term>();
  const telling = new Set<Term>();
  let sum = 0;
  for (const { term, share } of known.toSorted((a, b) => a.share - b.share)) {
    sum += share;
    if (sum <= most || leading.size < LEADING_MIN) leading.add(term);
    if (leading.has(term) || share <= COMMON_SHARE) telling.add(term);
  }
  const inOrder = (chosen: Set<Term>) => terms.filter((term) => chosen.has(term));
  return {
    telling: inOrder(telling),
    leading: leading.size === telling.size ? [] : inOrder(leading),
    unknown,
  };
}

/** How much words tell by their rarity (inverse document frequency) among the newest items. */
export function rarityIn(view: View): { of(term: Term): number; most: number } {
  const items = newestNumber(view);
  const sample = Math.min(items, SAMPLE_ITEMS);
  const weight = (found: number) => Math.log((sample + 1) / (found + 0.5));
  return {
    of: (term) => Math.max(0, weight(countInNewest(view, termMatch(term), items - sample))),
    most: weight(0.5),
  };
}
