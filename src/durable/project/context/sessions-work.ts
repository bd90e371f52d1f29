/** What sessions came to, by their summaries: where the last work stopped, and what was before it. */
import { newestSummaries } from "../store/item-queries.ts";
import type { SummaryRow } from "../store/item-row.ts";
import type { View } from "../store/visible.ts";
import { isEligible, type Known } from "./eligibility.ts";

/** Summaries that are looked through, newest first. */
const SUMMARIES = 24;

export interface SessionsWork {
  /** The newest summary that says anything; null where there is none. */
  last: SummaryRow | null;
  /** Of each piece of work before that, the newest summary: one a session and request. */
  earlier: SummaryRow[];
}

/** Reads what sessions came to, as far as it is news to who asks. */
export function sessionsWork(view: View, query: Known): SessionsWork {
  const telling = newestSummaries(view, SUMMARIES)
    .filter((row): row is SummaryRow => row.kind === "summary" && isEligible(row, query))
    .filter(({ content: { completed, learned, next_steps } }) =>
      /\S/.test(completed + learned + next_steps),
    )
    .sort((a, b) => b.created_at - a.created_at || b.n - a.n);
  const works = new Map<string, SummaryRow>();
  for (const row of telling) {
    const work = `${row.session}\n${row.content.request}`;
    if (!works.has(work)) works.set(work, row);
  }
  const [last = null, ...earlier] = works.values();
  // What only says what was left to do says nothing of what was done.
  return {
    last,
    earlier: earlier.filter(({ content }) => /\S/.test(content.completed + content.learned)),
  };
}
