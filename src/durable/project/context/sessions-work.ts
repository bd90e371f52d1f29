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

/** A longer answer may be what the work came to: a plan, a review. */
const ASIDE_MAX_CHARS = 400;

/** True for a short answer to a question, for which nothing was done: work stopped before it. */
function isAside({ content }: SummaryRow): boolean {
  const { completed, learned, next_steps, sources } = content;
  const isTalk = sources.every((key) => /^(?:prompt|stop):/.test(key));
  return isTalk && next_steps === "" && completed.length + learned.length < ASIDE_MAX_CHARS;
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
  const all = [...works.values()];
  const last = all.find((row) => !isAside(row)) ?? all[0] ?? null;
  const earlier = all.filter((row) => row !== last);
  // What only says what was left to do says nothing of what was done.
  return {
    last,
    earlier: earlier.filter(({ content }) => /\S/.test(content.completed + content.learned)),
  };
}
