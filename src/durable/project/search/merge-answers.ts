/** Answers of several projects to one search, as one. */
import type { SearchAnswer } from "../../../contract/recall.ts";

/** The best of all, by score. That one had to search for similar words is said where it counts. */
export function mergeAnswers(answers: SearchAnswer[], limit: number): SearchAnswer {
  // A project that has the words as they stand outdoes one that only has similar ones.
  const exact = answers.filter(({ items, fallback }) => items.length > 0 && fallback === undefined);
  const counted = exact.length > 0 ? exact : answers;
  const items = counted
    .flatMap((answer) => answer.items)
    .sort((a, b) => b.score - a.score)
    .slice(0, limit);
  const similar: Record<string, string[]> = {};
  for (const answer of counted) {
    for (const [word, others] of Object.entries(answer.similar ?? {})) {
      similar[word] = [...new Set([...(similar[word] ?? []), ...others])];
    }
  }
  if (!counted.some(({ fallback }) => fallback !== undefined)) return { items };
  return { items, fallback: "trigram", similar };
}
