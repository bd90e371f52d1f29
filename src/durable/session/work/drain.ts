/**
 * What an alarm does: one step after the other until nothing is due. Every step is a transaction,
 * or one call outward with a transaction behind it, so that a crash between two of them loses and
 * repeats nothing.
 */
import { closeSession, finishEnding, giveUpUnprocessed, leaveTombstone } from "../ending/ending.ts";
import { announce } from "../outbox/announcement.ts";
import { sendEntry } from "../outbox/delivery.ts";
import { abandon, isAbandoned } from "../queue/lifecycle.ts";
import {
  batchDueAt,
  closeDueAt,
  isSettled,
  queueDueAt,
  retentionDueAt,
  type ScheduleView,
  workOf,
} from "../queue/schedule.ts";
import type { SessionDependencies } from "../session-dependencies.ts";
import { sessionLog } from "../session-log.ts";
import type { SessionRow } from "../session-row.ts";
import type { SessionStore } from "../session-store.ts";
import { type Claim, claimBatch, formBatch, processClaim, takeUnwritten } from "./processing.ts";
import { finishRedo } from "./redo.ts";

/** An alarm may run 15 minutes; it stops well before and plans the next for at once. */
const DRAIN_MAX_MS = 5 * 60_000;
const DRAIN_MAX_STEPS = 200;

/**
 * Runs until nothing is due, within bounds. Throws only on faults of our own or of storage. After
 * one of them, or a death, it is to be `careful`: no batch is worked on without a row that counts it.
 */
export async function drain(
  store: SessionStore,
  deps: SessionDependencies,
  signal: AbortSignal,
  careful = false,
): Promise<void> {
  const startedAt = deps.now();
  for (let steps = 0; steps < DRAIN_MAX_STEPS; steps += 1) {
    if (Math.abs(deps.now() - startedAt) > DRAIN_MAX_MS) return;
    if (!(await step(store, deps, signal, careful))) break;
  }
  await announce(store, deps);
}

/** One step of what is due. False where nothing is. */
async function step(
  store: SessionStore,
  deps: SessionDependencies,
  signal: AbortSignal,
  careful: boolean,
): Promise<boolean> {
  const row = store.row();
  if (row === null) return false;
  const now = deps.now();
  reclaimExpiredLeases(store, row, deps.owner, now);
  const view = store.schedule(row, deps);
  if (view.announceDueAt !== null && view.announceDueAt <= now) {
    await announce(store, deps);
    return true;
  }
  const entry = store.outbox.head();
  if (entry !== null && entry.dueAt <= now) return await sendEntry(store, entry, deps);
  if (row.ending !== null) {
    if (entry !== null) return false;
    finishEnding(store, now);
    return true;
  }
  if (view.tombstone) return false;
  // Aborted for a delete that has since been taken back by a new start: the next alarm goes on.
  const claim = signal.aborted ? null : claimDue(store, row, view, deps, careful);
  if (claim !== null) {
    await processClaim(store, claim, deps, signal);
    return true;
  }
  if (store.db.transaction(() => finishRedo(store, now))) return true;
  return settle(store, row, store.schedule(row, deps), now);
}

/** Leases whose answer will not come go back to pending. */
export function reclaimExpiredLeases(
  store: SessionStore,
  row: SessionRow,
  owner: string,
  now: number,
): number {
  const lost = store.batches.open().filter((batch) => isAbandoned(batch, owner, now));
  if (lost.length === 0) return 0;
  store.db.transaction(() => {
    let nextBatch = row.nextBatch;
    for (const batch of lost) {
      const seqs = store.log.seqs(batch.fromSeq, batch.toSeq);
      const next = abandon(batch, seqs, nextBatch, now);
      store.batches.replace(batch.batch, next.batches);
      nextBatch = next.nextBatch;
      const times = batch.abandoned + 1;
      sessionLog(row)("warn", "lease_abandoned", { batch: batch.batch, times });
    }
    if (nextBatch !== row.nextBatch) store.session.update({ nextBatch });
  });
  return lost.length;
}

/** Claims the first batch that is due: one that waits, else the queue's next. */
function claimDue(
  store: SessionStore,
  row: SessionRow,
  view: ScheduleView,
  deps: SessionDependencies,
  careful: boolean,
): Claim | null {
  const now = deps.now();
  const waiting = view.batches
    .filter((batch) => batch.state === "pending")
    .find((batch) => batchDueAt(batch, view) <= now);
  return store.db.transaction(() => {
    if (waiting !== undefined) return claimBatch(store, waiting, deps);
    const due = queueDueAt(view, now);
    if (due === null || due > now) return null;
    const formed = formBatch(store, row, now);
    if (formed === null) return null;
    const needsLease = careful || deps.chain.some(({ immediate }) => immediate !== true);
    return needsLease ? claimBatch(store, formed, deps) : takeUnwritten(formed, deps);
  });
}

/** Closes what rests, and after the retention leaves the tombstone. */
function settle(store: SessionStore, row: SessionRow, view: ScheduleView, now: number): boolean {
  const settled = isSettled(view);
  if (settled && row.closedAt === null && closeDueAt(view) <= now) {
    return store.db.transaction(() => closeSession(store, now));
  }
  if (retentionDueAt(view) > now) return false;
  if (workOf(view).length + view.batches.length > 0) {
    return store.db.transaction(() => giveUpUnprocessed(store, now));
  }
  if (row.closedAt === null || view.outboxDueAt !== null) return false;
  leaveTombstone(store, now);
  return true;
}
