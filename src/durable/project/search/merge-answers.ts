/** Answers of several projects to one search, as one. */
import type { SearchAnswer } from "../../../contract/recall.ts";

/** The best of all, by score. That one had to search for something else is said where it counts. */
export function mergeAnswers(answers: SearchAnswer[], limit: number): SearchAnswer {
  const counted = asAsked(answers);
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
  const fellBack = counted.some(({ fallback }) => fallback !== undefined);
  const readAs = counted.find(({ read_as }) => read_as !== undefined)?.read_as;
  return {
    items,
    ...(fellBack ? { fallback: "trigram", similar } : {}),
    ...(readAs === undefined ? {} : { read_as: readAs }),
  };
}

/**
 * A project that has what was asked for outdoes one that only has its plain words, and one that has
 * the words as they stand outdoes one that only has similar ones.
 */
function asAsked(answers: SearchAnswer[]): SearchAnswer[] {
  let counted = answers;
  for (const instead of ["read_as", "fallback"] as const) {
    const exact = counted.filter(
      (answer) => answer.items.length > 0 && answer[instead] === undefined,
    );
    if (exact.length > 0) counted = exact;
  }
  return counted;
}
