/** How well ranked lists answer questions whose whole evidence is known. Shares from 0 to 1. */

/** The ranked answer to one question and what it should hold. */
export interface Answer {
  category: number;
  /** Never empty. */
  gold: string[];
  /** Best first, each id once. */
  ranked: string[];
}

export interface Score {
  questions: number;
  /** All of the gold is among the first k. */
  strict: number;
  /** Mean share of the gold among the first k: what is mostly called recall@k. */
  fractional: number;
  /** Some of the gold is among the first k. */
  anyHit: number;
  /** Mean of 1 / rank of the first gold, 0 beyond k. */
  mrr: number;
  /** Discounted gain of the gold among the first k, of the best that could be. */
  ndcg: number;
}

/** What each answer is worth, from 0 to 1, in the three ways of counting that others use. */
export function worths(answers: Answer[], k: number) {
  const shares = answers.map(({ gold, ranked }) => {
    const found = new Set(ranked.slice(0, k));
    return gold.filter((id) => found.has(id)).length / gold.length;
  });
  return {
    strict: shares.map((share) => (share === 1 ? 1 : 0)),
    fractional: shares,
    anyHit: shares.map((share) => (share > 0 ? 1 : 0)),
  };
}

export function score(answers: Answer[], k: number): Score {
  const found = answers.map(({ gold, ranked }) => {
    const wanted = new Set(gold);
    return ranked.slice(0, k).flatMap((id, index) => (wanted.has(id) ? [index] : []));
  });
  const mean = (value: (ranks: number[], gold: string[]) => number) =>
    found.reduce((sum, ranks, i) => sum + value(ranks, answers[i]?.gold ?? []), 0) /
    Math.max(1, answers.length);
  return {
    questions: answers.length,
    strict: mean((ranks, gold) => (ranks.length === gold.length ? 1 : 0)),
    fractional: mean((ranks, gold) => ranks.length / gold.length),
    anyHit: mean((ranks) => (ranks.length > 0 ? 1 : 0)),
    mrr: mean(([first]) => (first === undefined ? 0 : 1 / (first + 1))),
    ndcg: mean((ranks, gold) => gain(ranks) / gain(firstRanks(Math.min(gold.length, k)))),
  };
}

/** Ranks count from 0. */
function gain(ranks: number[]): number {
  return ranks.reduce((sum, rank) => sum + 1 / Math.log2(rank + 2), 0);
}

function firstRanks(count: number): number[] {
  return Array.from({ length: count }, (_, rank) => rank);
}

/** A ranking of turns as one of what they belong to: each at its best turn's place. */
export function rollUp(ranked: string[], groupOf: (id: string) => string): string[] {
  return [...new Set(ranked.map(groupOf))];
}
