/** How sessions end: closed, given up on, deleted, forgotten, and what stays. Each one transaction. */

import { NO_PLACE } from "../../../memory/work-place.ts";
import { bury, newBatch } from "../queue/lifecycle.ts";
import type { SessionRow, Tombstone } from "../session-row.ts";
import type { SessionStore } from "../session-store.ts";
import { addMissingSummaries } from "../work/missing-summaries.ts";

/**
 * Closes a session in which nothing is left to do. Tests that again in the transaction that
 * closes; a summary that was missing goes out first. Returns whether anything was done.
 */
export function closeSession(store: SessionStore, now: number): boolean {
  const row = store.row();
  if (row === null || row.closedAt !== null) return false;
  if (!store.isSettled(row)) return false;
  const last = store.log.lastSeq();
  if (last > row.lastBatchedSeq) {
    // What the agent said last waited for a call that did not come.
    store.session.update({ flushTo: last });
    return true;
  }
  if (addMissingSummaries(store, row.counters.prompt + 1, now, true) > 0) return true;
  store.session.update({ closedAt: now });
  return true;
}

/**
 * The retention is over and events still wait for a provider that refuses us: they become dead
 * letters, and get one more retention in which somebody may retry them.
 */
export function giveUpUnprocessed(store: SessionStore, now: number): boolean {
  const row = store.row();
  if (row === null) return false;
  const last = store.log.lastSeq();
  const error = "retention: no provider took it";
  const open = store.batches.open().filter((batch) => batch.state === "pending");
  for (const batch of open) {
    store.batches.save(bury(batch, batch.error ?? error));
  }
  let nextBatch = row.nextBatch;
  if (last > row.lastBatchedSeq) {
    store.batches.save(bury(newBatch(nextBatch++, row.lastBatchedSeq + 1, last, now), error));
  }
  store.session.update({
    nextBatch,
    lastBatchedSeq: Math.max(last, row.lastBatchedSeq),
    touchedAt: now,
  });
  return true;
}

/**
 * Removes everything; what stays is one row without content, with `change`. Not to be called in a
 * transaction. A kill in its middle leaves an empty object: the project knows that the session was
 * forgotten, or which names its deliveries have, and says so when it is told something again.
 */
export function leaveTombstone(
  store: SessionStore,
  now: number,
  change: Partial<SessionRow> = {},
): void {
  const row = store.row();
  if (row === null) return;
  const counts = store.counts(row);
  const tokens = store.tokens(row);
  const tombstone: SessionRow = {
    ...row,
    root: null,
    ...NO_PLACE,
    given: [],
    providerPauses: {},
    pointsTold: null,
    lastBatchedSeq: 0,
    flushTo: 0,
    touchedAt: now,
    tombstone: {
      done: counts.done,
      skipped: counts.skipped,
      dead: counts.dead,
      tokensInput: tokens.input,
      tokensOutput: tokens.output,
      lastEventAt: store.lastEventAt(row),
      ...(row.ending === "forget" ? { removed: store.outbox.removed() } : {}),
      ...(row.ending === "forget" ? {} : savedInto(store, row)),
    },
    ...change,
  };
  store.db.beginAnew(() => store.session.insert(tombstone));
}

/** Where the agent saved by hand is known as long as that may have to be forgotten. */
function savedInto(store: SessionStore, row: SessionRow): Pick<Tombstone, "savedInto"> {
  const before = row.tombstone?.savedInto ?? [];
  const numbers = [...new Set([...before, ...store.outbox.projectsSavedInto()])];
  return numbers.length === 0 ? {} : { savedInto: numbers };
}

/** Ends what `beginDelete` or `beginForget` began, once the outbox is through. */
export function finishEnding(store: SessionStore, now: number): void {
  leaveTombstone(store, now, { ending: null, closedAt: now });
}

/** `DELETE`: ends the session now. What was already written goes out, the rest is dropped. */
export function beginDelete(store: SessionStore, now: number): boolean {
  const row = store.row();
  if (row === null) return false;
  store.log.removeBetween(row.lastBatchedSeq + 1, store.log.lastSeq());
  for (const batch of store.batches.open()) store.log.removeBetween(batch.fromSeq, batch.toSeq);
  store.batches.removeOpen();
  store.outbox.dropHeld();
  store.session.update({
    ending: "delete",
    endedAt: row.endedAt ?? now,
    ...store.reached(row),
  });
  return true;
}

/** `DELETE ?forget=1`: ends the session, and its project keeps nothing of it. */
export function beginForget(store: SessionStore, now: number): boolean {
  const row = store.row();
  if (row === null) return false;
  const generation = row.generation + 1;
  const forget = { kind: "forget", project: row.project, generation, batch: null } as const;
  const events = store.log.count();
  const saved = savedInto(store, row).savedInto ?? [];
  store.log.clear();
  store.batches.clear();
  store.outbox.keepRetractions();
  store.outbox.add({ ...forget, payload: JSON.stringify({ events }) }, now);
  for (const number of saved) {
    store.outbox.add({ ...forget, payload: JSON.stringify({ number }) }, now);
  }
  store.session.update({
    ending: "forget",
    generation,
    forgotten: true,
    ...store.reached(row),
    lastBatchedSeq: 0,
    flushTo: 0,
    endedAt: row.endedAt ?? now,
  });
  return true;
}
