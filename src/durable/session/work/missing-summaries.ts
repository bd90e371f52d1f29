/** Summaries of turns that ended without a closing message. */
import { isNotice } from "../../../hooks/stamps.ts";
import type { Delivery } from "../../../memory/delivery.ts";
import type { StoredEvent } from "../../../memory/event.ts";
import type { SessionRow } from "../session-row.ts";
import type { SessionStore } from "../session-store.ts";
import { summaryWithoutClosing } from "./completion.ts";

/** So many prompts are looked at: older ones were, when the prompts after them came. */
const PROMPTS_MAX = 20;

/** A request without a summary, and the prompt at which its turn was over. */
interface Missing {
  n: number;
  text: string;
  at: number;
  until: number;
}

/**
 * Gives each of the newest requests before number `beforePrompt` that has no summary one of what
 * its observations say, as a delivery of its own. Part of the caller's transaction. Returns how
 * many were missing.
 */
export function addMissingSummaries(
  store: SessionStore,
  beforePrompt: number,
  now: number,
): number {
  const row = store.row();
  if (row === null) return 0;
  const missing = missingBefore(store, row, beforePrompt);
  if (missing.length === 0) return 0;
  const observations = store.outbox
    .deliveries("any")
    .flatMap((delivery: Delivery) => delivery.observations);
  let batch = row.nextBatch;
  for (const { n, text, at, until } of missing) {
    const own = observations.filter((o) => o.prompt_number >= n && o.prompt_number < until);
    const summary = summaryWithoutClosing(row, { n, text }, own, at);
    const delivery: Delivery = {
      session: summary.session,
      generation: row.generation,
      batch,
      observations: [],
      summaries: [summary],
      prompts: [],
    };
    store.outbox.add(
      {
        kind: "deliver",
        project: row.project,
        generation: row.generation,
        batch,
        payload: JSON.stringify(delivery),
      },
      now,
    );
    batch += 1;
  }
  store.session.update({ nextBatch: batch });
  return missing.length;
}

/** Walks down from the newest prompt; notices belong to the request before them. */
function missingBefore(store: SessionStore, row: SessionRow, beforePrompt: number): Missing[] {
  const missing: Missing[] = [];
  let until = beforePrompt;
  let seen = 0;
  for (const prompt of store.log.promptsDownFrom(beforePrompt - 1)) {
    if (++seen > PROMPTS_MAX) break;
    if (prompt.kind !== "prompt" || prompt.skip !== null) continue;
    if (isNotice(row.agent, prompt)) continue;
    const n = prompt.promptNumber;
    if (!store.outbox.summarised().has(n) && !isOpen(store, row, prompt, until)) {
      missing.push({ n, text: prompt.body.text, at: prompt.at, until });
    }
    until = n;
  }
  return missing;
}

/** True where events of the turn are still on their way. */
function isOpen(store: SessionStore, row: SessionRow, prompt: StoredEvent, until: number): boolean {
  return (
    prompt.seq > row.lastBatchedSeq || store.batches.hasOpenBatchOf(prompt.promptNumber, until - 1)
  );
}
