/** Dead letters: events that no provider could compress. They can be listed, retried and dropped. */
import type { DeadLetter } from "../../../contract/sessions.ts";
import { type DeadBatch, revive } from "../queue/lifecycle.ts";
import type { SessionStore } from "../session-store.ts";

export function listDead(store: SessionStore): DeadLetter[] {
  return store.batches.dead().flatMap((batch) =>
    store.log
      .events(batch.fromSeq, batch.toSeq)
      .filter((event) => event.skip === null)
      .map((event) => ({
        key: event.key,
        kind: event.kind,
        tool: "tool" in event.body ? event.body.tool : null,
        at: new Date(event.at).toISOString(),
        attempts: batch.attempts,
        error: batch.error,
      })),
  );
}

/** The dead batches that hold one of these keys (null: all), with the chosen sequence numbers. */
function chosenOf(
  store: SessionStore,
  keys: readonly string[] | null,
): { batch: DeadBatch; seqs: number[]; chosen: Set<number> }[] {
  const wanted = keys === null ? null : new Set(keys);
  return store.batches.dead().flatMap((batch) => {
    const events = store.log.events(batch.fromSeq, batch.toSeq);
    const chosen = events.filter((event) => wanted === null || wanted.has(event.key));
    if (chosen.length === 0) return [];
    return [
      {
        batch,
        seqs: events.map((event) => event.seq),
        chosen: new Set(chosen.map((event) => event.seq)),
      },
    ];
  });
}

/** Gives dead events fresh attempts. Reopens a closed session. Returns how many. */
export function reviveDead(store: SessionStore, keys: string[] | null, now: number): number {
  const row = store.row();
  if (row === null) return 0;
  let nextBatch = row.nextBatch;
  let count = 0;
  for (const { batch, seqs, chosen } of chosenOf(store, keys)) {
    const next = revive(batch, seqs, chosen, nextBatch, now);
    store.batches.replace(batch.batch, next.batches);
    nextBatch = next.nextBatch;
    count += chosen.size;
  }
  if (count > 0) store.session.update({ nextBatch, closedAt: null });
  return count;
}

/** Drops dead events for good. Returns how many. */
export function removeDead(store: SessionStore, keys: string[] | null): number {
  const row = store.row();
  if (row === null) return 0;
  let count = 0;
  for (const { batch, seqs, chosen } of chosenOf(store, keys)) {
    store.log.removeEvents([...chosen]);
    count += chosen.size;
    if (chosen.size === seqs.length) store.batches.remove(batch.batch);
  }
  if (count > 0) store.session.update(store.reached(row));
  return count;
}
