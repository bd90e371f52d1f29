/** Taking back single events of a session, and what was made of them. Each one transaction of the caller's. */
import { isOpen, newBatch } from "../queue/lifecycle.ts";
import type { SessionStore } from "../session-store.ts";

/**
 * Removes a private turn's events and what they taught; the rest of their batches runs again. Of a
 * sender who is not the session's owner, only their own events go.
 */
export function withdrawTurn(
  store: SessionStore,
  promptId: string,
  sender: string,
  now: number,
): void {
  const row = store.row();
  if (row === null) return;
  const isOwner = sender === row.actor;
  const turn = store.log.ofPrompt(promptId).filter((event) => isOwner || event.sender === sender);
  const gone = turn.map((event) => event.seq);
  if (gone.length === 0) return;
  store.log.removeEvents(gone);
  store.batches.forgetOpenWork(Math.min(...gone));
  const touched = runAgain(store, gone, () => true, now);
  const batches = store.outbox.withdraw(touched.map((batch) => batch.batch));
  if (batches.length > 0 || touched.some((batch) => batch.redo)) {
    store.outbox.add(
      {
        kind: "withdraw",
        project: row.project,
        generation: row.generation,
        batch: null,
        payload: JSON.stringify({ batches, keys: turn.map((event) => event.key) }),
      },
      now,
    );
  }
}

/** An item that somebody deleted from the project, as the session delivered it. */
export interface DeletedItem {
  kind: "observation" | "summary" | "prompt";
  promptNumber: number;
  /** Keys of the events that it was made from. */
  sources: string[];
}

/**
 * What a deleted item was made from has no content any more and teaches nothing again, by no redo,
 * and no move delivers the item anew. What these events taught besides stays. Returns how many
 * events were emptied.
 */
export function withdrawSources(store: SessionStore, item: DeletedItem, now: number): number {
  if (store.row() === null) return 0;
  store.outbox.dropDelivered(item);
  const gone = store.log.ofKeys(item.sources).map((event) => event.seq);
  if (gone.length === 0) return 0;
  store.log.empty(gone);
  store.batches.forgetOpenWork(Math.min(...gone));
  // An answer that is under way, or held back for a redo, was made with them.
  const touched = runAgain(store, gone, (batch) => batch.redo || isOpen(batch), now);
  store.outbox.withdraw(touched.map((batch) => batch.batch));
  return gone.length;
}

type AnyBatch = ReturnType<SessionStore["batches"]["all"]>[number];

/** Puts new batches in the place of those that hold one of these events. Returns the old ones. */
function runAgain(
  store: SessionStore,
  gone: readonly number[],
  concerns: (batch: AnyBatch) => boolean,
  now: number,
): AnyBatch[] {
  const row = store.row();
  if (row === null) return [];
  const touched = store.batches
    .all()
    .filter((batch) => gone.some((seq) => seq >= batch.fromSeq && seq <= batch.toSeq))
    .filter(concerns);
  let nextBatch = row.nextBatch;
  for (const batch of touched) {
    store.batches.remove(batch.batch);
    if (store.log.seqs(batch.fromSeq, batch.toSeq).length > 0) {
      store.batches.save(newBatch(nextBatch++, batch.fromSeq, batch.toSeq, now, batch.redo));
    }
  }
  store.session.update({ ...store.reached(row), nextBatch });
  return touched;
}
