/** Compressing again from the raw events that are still kept. Each one transaction of the caller's. */
import { newBatch } from "../queue/lifecycle.ts";
import type { SessionStore } from "../session-store.ts";

/**
 * Starts a redo under a new generation: every batch that is done gets a successor over the same
 * stretch, whose results are held back until all of them are there. Returns how many.
 */
export function beginRedo(store: SessionStore, now: number): number {
  const row = store.row();
  if (row === null || row.ending !== null || row.forgotten) return 0;
  const done = store.batches.all().filter((batch) => batch.state === "done");
  const again = done.filter((batch) => store.log.seqs(batch.fromSeq, batch.toSeq).length > 0);
  let nextBatch = row.nextBatch;
  store.outbox.dropHeld();
  for (const batch of again) {
    store.batches.remove(batch.batch);
    store.batches.save({
      ...newBatch(nextBatch++, batch.fromSeq, batch.toSeq, now, true),
      tokensInput: batch.tokensInput,
      tokensOutput: batch.tokensOutput,
    });
  }
  if (again.length > 0) {
    store.outbox.forgetContents();
    store.session.update({ nextBatch, generation: row.generation + 1, closedAt: null });
  }
  return again.length;
}

/**
 * When the last batch of a redo is through, what it wrote replaces what was written of the same
 * events before, in one step. Returns true where that is now on its way.
 */
export function finishRedo(store: SessionStore, now: number): boolean {
  const row = store.row();
  if (row === null) return false;
  const batches = store.batches.redone();
  if (batches.length === 0) return false;
  if (batches.some((batch) => batch.state === "pending" || batch.state === "leased")) return false;
  // Events that the redo could not compress keep what was written of them before.
  const done = batches.filter((batch) => batch.state === "done");
  const keys = done.flatMap((batch) =>
    store.log.events(batch.fromSeq, batch.toSeq).map((event) => event.key),
  );
  for (const batch of batches) store.batches.save({ ...batch, redo: false });
  store.outbox.add(
    {
      kind: "redo",
      project: row.project,
      generation: row.generation,
      batch: null,
      payload: JSON.stringify(keys),
    },
    now,
  );
  return true;
}
