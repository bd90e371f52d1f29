/** A turn has one summary; when it stops again, or is done over, the newer one completes the older. */
import type { DraftSummary } from "../../../memory/observation.ts";

/** What the newer one says counts; where it says nothing, the older one stays. */
export function mergeSummaries(older: DraftSummary, newer: DraftSummary): DraftSummary {
  return {
    request: newer.request || older.request,
    investigated: newer.investigated || older.investigated,
    learned: newer.learned || older.learned,
    completed: newer.completed || older.completed,
    next_steps: newer.next_steps || older.next_steps,
    sources: [...new Set([...newer.sources, ...older.sources])],
  };
}
