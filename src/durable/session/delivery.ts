/** Sends what the outbox holds to the projects that it is for. */
import type { ProjectRef, Replacement } from "../../memory/contracts.ts";
import type { OutboxEntry } from "./outbox.ts";
import { backoffMs } from "./retry.ts";
import type { SessionDependencies } from "./session-dependencies.ts";
import type { SessionRow } from "./session-row.ts";
import type { SessionStore } from "./session-store.ts";

/** Past this many failures in a row the back-off no longer grows. */
const BACKOFF_STEPS = 9;

/**
 * Sends one entry and marks it. A failure leaves it, due later: it blocks what stands behind it,
 * because a project has to hear of things in their order. Returns true where it went out.
 */
export async function sendEntry(
  store: SessionStore,
  entry: OutboxEntry,
  deps: SessionDependencies,
): Promise<boolean> {
  const row = store.row();
  if (row === null) return false;
  try {
    const project: ProjectRef = {
      name: entry.project,
      number: await deps.projectNumber(row.team, entry.project),
    };
    await send(store, row, entry, project, deps);
  } catch (error) {
    const attempts = entry.attempts + 1;
    const delay = backoffMs(Math.min(attempts, BACKOFF_STEPS), deps.random());
    const message = error instanceof Error ? error.message : String(error);
    // At least a second, or full jitter's small draws would make it a busy loop.
    store.outbox.failed(entry, message.slice(0, 300), deps.now() + Math.max(delay, 1_000));
    return false;
  }
  store.db.transaction(() => {
    store.outbox.sent(entry);
    if (entry.kind === "redo") store.outbox.releaseHeld();
  });
  return true;
}

async function send(
  store: SessionStore,
  row: SessionRow,
  entry: OutboxEntry,
  project: ProjectRef,
  deps: SessionDependencies,
): Promise<void> {
  const stub = deps.project(row.team, project.number);
  const session = `${row.agent}/${row.sessionId}`;
  const floor = entry.generation;
  switch (entry.kind) {
    case "deliver": {
      const delivery = { ...store.outbox.payload(entry), generation: entry.generation };
      await stub.deliver(project, delivery);
      return;
    }
    case "move":
      // Without deliveries it would read as a retraction.
      if (store.outbox.deliveries("sent").length === 0) return;
      await stub.replace(project, {
        session,
        floor,
        remove: "all",
        deliveries: store.outbox.deliveries("sent"),
      });
      return;
    case "redo": {
      const replaced: Replacement = {
        session,
        floor,
        remove: { sources: store.outbox.keys(entry) },
        deliveries: store.outbox.deliveries("held"),
      };
      await stub.replace(project, replaced);
      return;
    }
    case "retract":
      await stub.replace(project, { session, floor, remove: "all", deliveries: [] });
      return;
    case "withdraw": {
      const withdrawn = store.outbox.withdrawal(entry);
      await stub.replace(project, {
        session,
        floor,
        remove: { batches: withdrawn.batches },
        deliveries: [],
      });
      // A redo may have given what these events taught to another batch.
      await stub.replace(project, {
        session,
        floor,
        remove: { sources: withdrawn.keys, any: true },
        deliveries: [],
      });
      return;
    }
  }
}
