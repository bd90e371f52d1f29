/** How well a ranked list of results answers the questions, counted three ways. */
import type { RecallQuestion } from "./recorded-sessions.ts";

/** A result as it counts: the session it came from and the events it was made from. */
export interface Found {
  session: string;
  sources: string[];
  /** Characters that a reader of the result gets to see. */
  characters: number;
}

/** Shares from 0 to 1 over a set of questions. */
export interface Score {
  questions: number;
  /** All of a question's gold keys are among the first k results' sources. */
  strict: number;
  /** The mean share of the gold keys that are. */
  fractional: number;
  /** At least one gold key is. */
  anyHit: number;
}

/** Only the first sources of a result count, so that citing everything gains nothing. */
const COUNTED_SOURCES = 4;

/** What each question is worth under the three ways of counting, in the order of the questions. */
export function worths(questions: RecallQuestion[], answers: Found[][], k: number) {
  const shares = questions.map((question, i) => shareFound(question, answers[i] ?? [], k));
  return {
    strict: shares.map((share) => (share === 1 ? 1 : 0)),
    fractional: shares,
    anyHit: shares.map((share) => (share > 0 ? 1 : 0)),
  };
}

/** Share of `question.gold` found in the first `k` results. */
function shareFound(question: RecallQuestion, found: Found[], k: number): number {
  const seen = new Set(
    found
      .slice(0, k)
      .filter((result) => result.session === question.session)
      .flatMap((result) => result.sources.slice(0, COUNTED_SOURCES)),
  );
  return question.gold.filter((key) => seen.has(key)).length / question.gold.length;
}

/** Scores the answers to `questions` (same order, best result first) at rank `k`. */
export function score(questions: RecallQuestion[], answers: Found[][], k: number): Score {
  const { strict, fractional, anyHit } = worths(questions, answers, k);
  const mean = (values: number[]) =>
    values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    questions: questions.length,
    strict: mean(strict),
    fractional: mean(fractional),
    anyHit: mean(anyHit),
  };
}

/** Mean characters of one result, over all results of all answers. */
export function meanCharacters(answers: Found[][]): number {
  const all = answers.flat();
  return all.length === 0 ? 0 : all.reduce((sum, found) => sum + found.characters, 0) / all.length;
}
