/** What the providers get to see of a batch. */
import type { ObserverBatch } from "../../../agent/provider.ts";
import { isNotice } from "../../../hooks/stamps.ts";
import type { StoredEvent } from "../../../memory/event.ts";
import type { KnownPoint } from "../../../memory/observation.ts";
import { sessionPath } from "../../../memory/session-name.ts";
import type { Batch } from "../queue/lifecycle.ts";
import type { SessionRow } from "../session-row.ts";
import type { SessionStore } from "../session-store.ts";
import { knownPoints } from "./known-points.ts";
import { type Request, requestAt } from "./request.ts";
import { type ShownEvents, shownEvents } from "./shown-events.ts";

/** How many of the session's newest titles a provider knows; a model is shown fewer. */
const RECENT_TITLES = 500;

/** A batch as it was read for a call. */
export interface SeenBatch {
  /** All of its events, in order. */
  stored: readonly StoredEvent[];
  shown: ShownEvents;
  request: Request | null;
  /** The open points that the batch knows: those of `observerBatch`, by its indexes. */
  points: readonly KnownPoint[];
  observerBatch: ObserverBatch;
}

export function readBatch(
  store: SessionStore,
  row: SessionRow,
  batch: Pick<Batch, "fromSeq" | "toSeq" | "redo">,
): SeenBatch {
  const stored = store.log.events(batch.fromSeq, batch.toSeq);
  const shown = shownEvents(stored);
  const at = Math.max(0, ...stored.map((event) => event.promptNumber));
  const request = requestAt(store, row.agent, at);
  const points = knownPoints(row.pointsTold ?? [], store.outbox.points(), {
    session: sessionPath(row),
    at: Math.max(0, ...stored.map((event) => event.at)),
    redo: batch.redo,
  });
  return {
    stored,
    shown,
    request,
    points,
    observerBatch: {
      root: row.root,
      turn: {
        promptNumber: request?.n ?? 0,
        request: request?.text ?? null,
        ...turnEnd(store, row, stored),
      },
      recentTitles: [...store.outbox.titles()].slice(-RECENT_TITLES),
      events: shown.events,
      openWork: store.batches.openWorkBefore(batch.fromSeq),
      openPoints: points.map(({ text }) => ({ text })),
    },
  };
}

/** Whether the stretch is the last of its turn. Tasks in the background leave the turn open. */
function turnEnd(
  store: SessionStore,
  row: SessionRow,
  stored: readonly StoredEvent[],
): { ends: boolean; backgroundTasks: boolean } {
  const last = stored.at(-1);
  if (last === undefined) return { ends: false, backgroundTasks: false };
  if (last.kind === "turn_end") {
    const backgroundTasks = last.body.background === true;
    return { ends: !backgroundTasks, backgroundTasks };
  }
  const next = store.log.after(last.seq);
  const ends =
    next === null ? row.endedAt !== null : next.kind === "prompt" && !isNotice(row.agent, next);
  return { ends, backgroundTasks: false };
}
