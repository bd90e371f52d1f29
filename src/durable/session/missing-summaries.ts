/** Summaries of turns that ended without a closing message. */
import { isNotificationPrompt } from "../../hooks/hook-action.ts";
import { summaryWithoutClosing } from "./completion.ts";
import type { SessionStore } from "./session-store.ts";

/**
 * Gives each request before number `beforePrompt` that has no summary one of what its observations
 * say, as a delivery of its own. Part of the caller's transaction. Returns how many were missing.
 */
export function addMissingSummaries(
  store: SessionStore,
  beforePrompt: number,
  now: number,
): number {
  const row = store.row();
  if (row === null) return 0;
  const deliveries = store.outbox.deliveries("any");
  const summarised = new Set(
    deliveries.flatMap((delivery) => delivery.summaries.map((summary) => summary.prompt_number)),
  );
  const observations = deliveries.flatMap((delivery) => delivery.observations);
  let nextBatch = row.nextBatch;
  // Walks down from the newest; notices belong to the request before them.
  let until = beforePrompt;
  let missing = 0;
  for (const prompt of store.log.promptsDownFrom(beforePrompt - 1)) {
    if (prompt.kind !== "prompt" || prompt.skip !== null) continue;
    if (isNotificationPrompt(prompt.body.text)) continue;
    const n = prompt.promptNumber;
    const open = store.batches.hasOpenBatchOf(n, until - 1) || prompt.seq > row.batchedTo;
    if (!summarised.has(n) && !open) {
      const summary = summaryWithoutClosing(
        row,
        { n, text: prompt.body.text },
        observations.filter((o) => o.prompt_number >= n && o.prompt_number < until),
        prompt.at,
      );
      const batch = nextBatch++;
      store.outbox.add(
        {
          kind: "deliver",
          project: row.project,
          generation: row.generation,
          batch,
          payload: JSON.stringify({
            session: summary.session,
            generation: row.generation,
            batch,
            observations: [],
            summaries: [summary],
            prompts: [],
          }),
        },
        now,
      );
      missing += 1;
    }
    until = n;
  }
  if (missing > 0) store.session.update({ nextBatch });
  return missing;
}
