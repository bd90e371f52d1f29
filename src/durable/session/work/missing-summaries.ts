/** Summaries of turns that ended without a closing message. */
import { extract, extractiveProvider } from "../../../agent/providers/extractive.ts";
import type { OpenWork } from "../../../agent/rules/open-work.ts";
import { isNotice } from "../../../hooks/stamps.ts";
import type { Delivery } from "../../../memory/delivery.ts";
import type { StoredEvent } from "../../../memory/event.ts";
import type { NewObservation } from "../../../memory/observation.ts";
import type { SessionRow } from "../session-row.ts";
import type { SessionStore } from "../session-store.ts";
import { finishResults, summaryWithoutClosing } from "./completion.ts";
import type { Request } from "./request.ts";
import { shownEvents } from "./shown-events.ts";

/** So many prompts are looked at: older ones were, when the prompts after them came. */
const PROMPTS_MAX = 20;

/** A request without a summary, and the prompt at which its turn was over. */
interface Missing extends Request {
  prompt: StoredEvent;
  until: number;
  /** A closing message that left tasks in the background: no other came. */
  closing: StoredEvent | null;
}

/**
 * Gives each of the newest requests before number `beforePrompt` that has no summary one of what
 * its observations say, as a delivery of its own. A turn whose tasks still run in the background is
 * left open, until the session ends (`isEnd`): then what work is left open is told as well. Part of
 * the caller's transaction. Returns how many were missing.
 */
export function addMissingSummaries(
  store: SessionStore,
  beforePrompt: number,
  now: number,
  isEnd = false,
): number {
  const row = store.row();
  if (row === null) return 0;
  const missing = missingBefore(store, row, beforePrompt, isEnd);
  if (missing.length === 0) return 0;
  const observations = store.outbox
    .deliveries("any")
    .flatMap((delivery: Delivery) => delivery.observations);
  let batch = row.nextBatch;
  for (const [i, request] of missing.entries()) {
    const own = observations.filter(
      (o) => o.prompt_number >= request.n && o.prompt_number < request.until,
    );
    const left = isEnd && i === 0 ? store.batches.openWorkBefore(store.log.lastSeq() + 1) : null;
    const delivery = lateDelivery(store, row, request, batch, own, left);
    store.outbox.deliver(row.project, delivery, now);
    if (left !== null) store.batches.settleOpenWork();
    batch += 1;
  }
  store.session.update({ nextBatch: batch });
  return missing.length;
}

/** What the rules make of a turn's end that no batch had. */
function lateDelivery(
  store: SessionStore,
  row: SessionRow,
  request: Missing,
  batch: number,
  own: readonly NewObservation[],
  openWork: OpenWork | null,
): Delivery {
  const stored = request.closing === null ? [] : [request.closing];
  const result = extract({
    root: row.root,
    turn: { promptNumber: request.n, request: request.text, ends: true },
    recentTitles: [...store.outbox.titles()],
    events: stored,
    openWork,
  });
  const { delivery } = finishResults({
    row,
    batch,
    seen: { stored, shown: shownEvents(stored), request },
    earlier: (keys) => store.log.byKeys(keys),
    result: request.closing === null ? { ...result, summary: null } : result,
    author: { provider: extractiveProvider.name, model: null, degraded: null },
    otherAuthors: {},
    summaryAuthor: null,
    takenTitles: store.outbox.titles(),
    points: [],
  });
  if (request.closing !== null && delivery.summaries.length > 0) return delivery;
  const told = [...own, ...delivery.observations];
  return { ...delivery, summaries: [summaryWithoutClosing(row, request, told, request.prompt)] };
}

/** Walks down from the newest prompt; notices belong to the request before them. */
function missingBefore(
  store: SessionStore,
  row: SessionRow,
  beforePrompt: number,
  isEnd: boolean,
): Missing[] {
  const missing: Missing[] = [];
  let until = beforePrompt;
  let seen = 0;
  for (const prompt of store.log.promptsDownFrom(beforePrompt - 1)) {
    if (++seen > PROMPTS_MAX) break;
    if (prompt.kind !== "prompt" || prompt.skip !== null) continue;
    if (isNotice(row.agent, prompt)) continue;
    const n = prompt.promptNumber;
    if (!store.outbox.summarised().has(n) && !isOpen(store, row, prompt, until)) {
      const closing = store.log.closingOf(n, until - 1);
      if (isEnd || !leavesOpen(closing)) {
        const { key, body } = prompt;
        missing.push({ n, text: body.text, keys: [key], prompt, until, closing });
      }
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

function leavesOpen(closing: StoredEvent | null): boolean {
  return closing?.kind === "turn_end" && closing.body.background === true;
}
