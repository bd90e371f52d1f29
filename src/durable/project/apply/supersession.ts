/** Decisions stand until a later one on the same question. Parts of a caller's transaction. */
import type { Database } from "../../../platform/database.ts";
import type { ObservationContent } from "../store/item-row.ts";
import { markSuperseded, standingDecisionsOn } from "../store/items.ts";

/** A decision that was just made, with its number. */
export interface MadeDecision {
  n: number;
  created_at: number;
  content: ObservationContent;
}

/**
 * Links decisions on one question: by the time of their making, whichever session tells it first, the
 * later stands and the earlier is history. The same question about something else has other options.
 */
export function supersedeDecisions(db: Database, made: readonly MadeDecision[]): void {
  for (const decision of made) {
    const [question, ...options] = decision.content.decides ?? [];
    if (question === undefined) continue;
    for (const other of standingDecisionsOn(db, question)) {
      if (other.n === decision.n || !isSameChoice(options, other.options)) continue;
      const isLater =
        decision.created_at > other.created_at ||
        (decision.created_at === other.created_at && decision.n > other.n);
      const [older, newer] = isLater ? [other.n, decision.n] : [decision.n, other.n];
      markSuperseded(db, older, newer);
      if (!isLater) break;
    }
  }
}

function isSameChoice(one: readonly string[], other: readonly string[]): boolean {
  if (one.length === 0 && other.length === 0) return true;
  return one.some((option) => other.includes(option));
}
