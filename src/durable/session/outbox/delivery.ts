/** Sends what the outbox holds to the projects that it is for. */

import type { ProjectRef, Replacement } from "../../../memory/delivery.ts";
import { sessionPath } from "../../../memory/session-name.ts";
import { truncate } from "../../../platform/truncate.ts";
import { deliveryBackoffMs } from "../queue/retry.ts";
import type { SessionDependencies } from "../session-dependencies.ts";
import { sessionLog } from "../session-log.ts";
import type { SessionRow } from "../session-row.ts";
import type { SessionStore } from "../session-store.ts";
import type { OutboxEntry } from "./outbox.ts";

/** Longest error that is kept with an entry. */
const ERROR_MAX_CHARS = 300;

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
    const delay = deliveryBackoffMs(entry.attempts + 1, deps.random());
    const message = error instanceof Error ? error.message : String(error);
    store.outbox.failed(entry, truncate(message, ERROR_MAX_CHARS), deps.now() + delay);
    const fields = { entry: entry.kind, batch: entry.batch, attempts: entry.attempts + 1 };
    sessionLog(row)("warn", "delivery_failed", fields, error);
    return false;
  }
  store.db.transaction(() => {
    store.outbox.markSent(entry);
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
  const session = sessionPath(row);
  const minGeneration = entry.generation;
  switch (entry.kind) {
    case "deliver": {
      const delivery = { ...store.outbox.payload(entry), generation: entry.generation };
      await stub.deliver({ project, delivery });
      return;
    }
    case "move": {
      const deliveries = store.outbox.deliveries("sent");
      // Without deliveries it would read as a retraction.
      if (deliveries.length === 0) return;
      await stub.replace({
        project,
        replacement: { session, minGeneration, remove: "all", deliveries },
      });
      return;
    }
    case "redo": {
      const replaced: Replacement = {
        session,
        minGeneration,
        remove: { sources: store.outbox.keys(entry) },
        deliveries: store.outbox.deliveries("held"),
      };
      await stub.replace({ project, replacement: replaced });
      return;
    }
    case "retract":
      await stub.replace({
        project,
        replacement: { session, minGeneration, remove: "all", deliveries: [] },
      });
      return;
    case "withdraw": {
      const withdrawn = store.outbox.withdrawal(entry);
      const batches = { batches: withdrawn.batches };
      await stub.replace({
        project,
        replacement: { session, minGeneration, remove: batches, deliveries: [] },
      });
      // A redo may have given what these events taught to another batch.
      const sources = { sources: withdrawn.keys, any: true };
      await stub.replace({
        project,
        replacement: { session, minGeneration, remove: sources, deliveries: [] },
      });
      return;
    }
  }
}
