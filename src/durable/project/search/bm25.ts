/**
 * BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009) over the fields of an
 * item, word by word, so that each can be weighed by its rarity in a form that never turns negative.
 */
import { COLUMN_SIZE, type IndexTotals, type ItemFacts } from "../store/postings.ts";

/** How soon more of the same word tells nothing new, and how much long items are damped. */
export const K1 = 1.2;
const B = 0.75;
/** An item so many times as long as the others is damped no further: a whole summary holds its parts. */
const LONGEST = 4;

/**
 * Weights of title, body, files, split_words, index_text: what somebody wrote about the work tells
 * more than the words of the work itself. The last one is of a word that stands somewhere.
 */
const COLUMN_WEIGHTS = [3, 2, 1.5, 1, 1, 2];

/** Occurrences, each by the weight of its column. */
export function weighted(places: readonly number[]): number {
  let weight = 0;
  for (const place of places) weight += COLUMN_WEIGHTS[Math.floor(place / COLUMN_SIZE)] ?? 0;
  return weight;
}

/** What so many occurrences add, from 0 to K1 + 1. */
export function saturated(
  occurrences: number,
  item: Pick<ItemFacts, "words">,
  totals: IndexTotals,
): number {
  const length = 1 - B + B * Math.min(LONGEST, item.words / Math.max(1, totals.words));
  return (occurrences * (K1 + 1)) / (occurrences + K1 * length);
}
