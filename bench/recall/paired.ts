/** Two systems over the same questions, question by question. */

/** Below this many questions a difference is one of chance. */
const TOLERATED_QUESTIONS = 1;

export interface Paired {
  /** What the first has more than the second, in questions; a part of one where shares count. */
  questions: number;
  better: number;
  worse: number;
}

/** `first` and `second`: what each question is worth, from 0 to 1, in the same order. */
export function paired(first: readonly number[], second: readonly number[]): Paired {
  const differences = first.map((value, i) => value - (second[i] ?? 0));
  return {
    questions: differences.reduce((sum, one) => sum + one, 0),
    better: differences.filter((one) => one > 0).length,
    worse: differences.filter((one) => one < 0).length,
  };
}

/** `+4.5 (9:3)`: questions, how many are better and worse; `BELOW` where it is below by more than one. */
export function tellPaired({ questions, better, worse }: Paired): string {
  const below = questions < -TOLERATED_QUESTIONS ? " BELOW" : "";
  return `${questions >= 0 ? "+" : ""}${questions.toFixed(1)} (${better}:${worse})${below}`;
}
