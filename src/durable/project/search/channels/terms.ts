/** Items that have the words, the more and the rarer the better. */

import { foldedForm } from "../../../../platform/text-form.ts";
import { newestMatches, rankByTerms, textsOf } from "../../store/search-index.ts";
import { saturated, weighted } from "../bm25.ts";
import { stemOf } from "../hit.ts";
import type { KnownTerm, LookedUp } from "../lookup.ts";
import { matchExpression } from "../query.ts";
import { WEIGHTS } from "../weights.ts";
import { type AskedQuery, bestOf, type Channel } from "./channel.ts";

/** Items that are scored with all that is known of them: the best by their words alone. */
const SCORED = 150;
/** Of these, so many are asked for the common words too. */
const ASKED_FOR_COMMON = 100;
/** Occurrences of a common word that are counted. */
const COMMON_OCCURRENCES_MAX = 4;

export const terms: Channel = {
  name: "terms",
  score(query) {
    const { known } = query.words;
    if (known.length === 0) return null;
    return scoreTerms(query, query.words);
  },
};

/** BM25 of the words by how many of them an item has, for the best that have any of the rare ones. */
export function scoreTerms(query: AskedQuery, words: LookedUp): Map<number, number> {
  const rare = words.known.filter(({ places }) => places !== null);
  const items = query.facts(candidates(query, words, rare));
  const sums = new Map<number, Sum>();
  for (const item of items) {
    const sum: Sum = { score: 0, weight: 0 };
    for (const { idf, places } of rare) {
      const found = places?.get(item.n);
      if (found === undefined) continue;
      sum.score += idf * saturated(weighted(found), item, words.totals);
      sum.weight += idf;
    }
    sums.set(item.n, sum);
  }
  const common = words.known.filter(({ places }) => places === null);
  if (common.length > 0) addCommon(query, words, common, sums);
  const asked = words.known.reduce((sum, { idf }) => sum + idf, 0);
  return new Map(
    [...sums].map(([n, { score, weight }]) => [n, score * (weight / asked) ** WEIGHTS.coverage]),
  );
}

/** What an item's words add up to, and what the words of the query weigh that it has. */
interface Sum {
  score: number;
  weight: number;
}

/** The best by their rare words, whatever their length; by all words where those find nothing. */
function candidates(query: AskedQuery, words: LookedUp, rare: KnownTerm[]): number[] {
  const rough = new Map<number, number>();
  for (const { idf, places } of rare) {
    for (const [n, found] of places ?? []) {
      const weight = weighted(found);
      rough.set(n, (rough.get(n) ?? 0) + (idf * weight) / (weight + 1));
    }
  }
  const best = bestOf(rough, query.admit === null ? SCORED : Number.POSITIVE_INFINITY);
  const admitted = query.admit === null ? best : query.admit(best).slice(0, SCORED);
  if (admitted.length > 0 || rare.length === words.known.length) return admitted;
  const match = matchExpression(query.parsed, words.known);
  if (match === null) return [];
  return Object.keys(query.filters).length === 0
    ? newestMatches(query.view, match, SCORED)
    : rankByTerms(query.view, match, query.filters, SCORED);
}

/** Common words are looked for in the texts of what the rare ones found. */
function addCommon(
  query: AskedQuery,
  words: LookedUp,
  common: KnownTerm[],
  sums: Map<number, Sum>,
): void {
  const scores = new Map([...sums].map(([n, { score }]) => [n, score]));
  const best = bestOf(scores, ASKED_FOR_COMMON);
  const texts = textsOf(query.view, best);
  for (const item of query.facts(best)) {
    const text = foldedForm(texts.get(item.n) ?? "").toLowerCase();
    for (const { idf, forms } of common) {
      const found = occurrences(text, stemOf(forms[0] ?? ""));
      const sum = sums.get(item.n);
      if (found === 0 || sum === undefined) continue;
      sum.score += idf * saturated(found, item, words.totals);
      sum.weight += idf;
    }
  }
}

const LETTER = /[\p{L}\p{N}]/u;

function occurrences(text: string, word: string): number {
  let count = 0;
  for (let at = text.indexOf(word); at >= 0 && count < COMMON_OCCURRENCES_MAX; ) {
    if (at === 0 || !LETTER.test(text[at - 1] ?? "")) count++;
    at = text.indexOf(word, at + word.length);
  }
  return count;
}
