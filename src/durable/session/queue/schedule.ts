/** When a session has to wake, and which batch comes next. Pure. */

import type { EventKind } from "../../../contract/vocabulary.ts";
import type { SkipReason } from "../../../memory/event.ts";
import type { OpenBatch } from "./lifecycle.ts";

/** A batch is due at this many events; what the agent says between them does not count. */
export const BATCH_MAX_EVENTS = 20;
/** A batch holds at most this many events, with what the agent says between them. */
export const BATCH_MAX_ROWS = 80;
/** A batch is due at this much content, in characters of JSON. */
export const BATCH_MAX_BYTES = 24 * 1024;
/** A batch is due when its oldest event is this old. */
export const BATCH_MAX_AGE_MS = 120_000;
/**
 * Hooks come first: what is due by itself waits until no event has come for this long, because an
 * agent waits for its hooks and nobody waits for an observation.
 */
export const HOOKS_FIRST_MS = 1_000;
/** What is due waits at most this long for a pause in the hooks. */
export const HOOKS_FIRST_MAX_MS = 20_000;
/** A session without an event for this long, and nothing left to do, closes. */
export const IDLE_CLOSE_MS = 15 * 60_000;

/** What of an event decides where a batch ends. */
export interface QueuedEvent {
  seq: number;
  kind: EventKind;
  bytes: number;
  receivedAt: number;
  promptNumber: number;
  skip: SkipReason | null;
}

/** The next batch that the queue gives: a stretch of one turn, within the limits. */
export interface Cut {
  toSeq: number;
  /** The stretch is complete: its limits, its turn's end or a new prompt stand behind it. */
  full: boolean;
  /** It ends its turn: a closing message stands at its end, or a new prompt behind it. */
  endsTurn: boolean;
}

/**
 * Cuts the next batch off a queue of events that no batch covers yet, in order. A batch belongs
 * to one turn: it ends with a turn's end, before a new prompt, or at the limits.
 */
export function cutBatch(queue: readonly QueuedEvent[]): Cut | null {
  let bytes = 0;
  let count = 0;
  let last: QueuedEvent | null = null;
  for (const [i, event] of queue.entries()) {
    if (last !== null && event.kind === "prompt") {
      return { toSeq: last.seq, full: true, endsTurn: true };
    }
    if (last !== null && bytes + event.bytes > BATCH_MAX_BYTES) {
      return { toSeq: last.seq, full: true, endsTurn: false };
    }
    last = event;
    bytes += event.bytes;
    if (event.kind !== "say") count += 1;
    if (event.kind === "turn_end") return { toSeq: event.seq, full: true, endsTurn: true };
    if (count >= BATCH_MAX_EVENTS || i + 1 >= BATCH_MAX_ROWS) {
      return { toSeq: event.seq, full: true, endsTurn: false };
    }
  }
  if (last === null) return null;
  return { toSeq: last.seq, full: bytes >= BATCH_MAX_BYTES, endsTurn: false };
}

/** Everything that may wake a session. Times in ms since the epoch. */
export interface ScheduleView {
  /** Events that no batch covers yet, in order; the first BATCH_MAX_ROWS + 1 are enough. */
  queue: readonly QueuedEvent[];
  /** Events up to here were asked for by a flush or by the session's end. */
  flushTo: number;
  batches: readonly OpenBatch[];
  /** This life of the object. */
  owner: string;
  /** Due times of what the outbox still holds, the head first. */
  outboxDueAt: number | null;
  /** The project has not yet been told of a change that it must hear at once. */
  announceDueAt: number | null;
  /** Newest event, start or end. */
  touchedAt: number;
  endedAt: number | null;
  closedAt: number | null;
  /** A delete or forget was asked for. */
  ending: boolean;
  tombstone: boolean;
  retentionMs: number;
}

/** What says which events of the queue have to be processed. */
type QueueView = Pick<ScheduleView, "queue" | "flushTo" | "endedAt" | "closedAt">;

/**
 * The events of the queue that want a call. What the agent says goes along with the next one and
 * wants none of its own, unless a flush or the session's end asks for it.
 */
export function workOf({ queue, flushTo, endedAt, closedAt }: QueueView): QueuedEvent[] {
  const asked = (event: QueuedEvent) =>
    closedAt === null && (endedAt !== null || event.seq <= flushTo);
  return queue.filter((event) => event.kind !== "say" || asked(event));
}

/**
 * When the queue's next batch is due; null where nothing in it wants one. An event from the future
 * says that the clock went back: it is due at once.
 */
export function queueDueAt(
  view: QueueView & Pick<ScheduleView, "batches" | "touchedAt">,
  now: number,
): number | null {
  const oldest = workOf(view)[0];
  if (oldest === undefined) return null;
  const calm = retryAfterUntil(view.batches);
  const asked = view.endedAt !== null || oldest.seq <= view.flushTo;
  if (asked || oldest.receivedAt > now) return Math.max(Math.min(oldest.receivedAt, now), calm);
  const cut = cutBatch(view.queue);
  if (!cut?.full) return Math.max(oldest.receivedAt + BATCH_MAX_AGE_MS, calm);
  const quiet = Math.min(view.touchedAt + HOOKS_FIRST_MS, oldest.receivedAt + HOOKS_FIRST_MAX_MS);
  return Math.max(Math.min(quiet, oldest.receivedAt + BATCH_MAX_AGE_MS), calm);
}

/** A provider's `retry-after` holds for all that the session would ask it. */
function retryAfterUntil(batches: readonly OpenBatch[]): number {
  return Math.max(0, ...batches.map((batch) => (batch.state === "pending" ? batch.notBefore : 0)));
}

/** When a batch wants attention, among those that are open. */
export function batchDueAt(
  batch: OpenBatch,
  view: Pick<ScheduleView, "batches" | "owner">,
): number {
  if (batch.state === "pending") return Math.max(batch.dueAt, retryAfterUntil(view.batches));
  // A lease of an earlier life of the object is abandoned as soon as somebody looks.
  return batch.lease.owner === view.owner ? batch.lease.until : 0;
}

/** True where nothing is left to process or to deliver. */
export function isSettled(
  view: QueueView & Pick<ScheduleView, "batches" | "outboxDueAt">,
): boolean {
  return workOf(view).length === 0 && view.batches.length === 0 && view.outboxDueAt === null;
}

/** When a settled, open session closes. */
export function closeDueAt(view: Pick<ScheduleView, "endedAt" | "touchedAt">): number {
  return view.endedAt ?? view.touchedAt + IDLE_CLOSE_MS;
}

/** When the raw events' retention is over. */
export function retentionDueAt(view: Pick<ScheduleView, "touchedAt" | "retentionMs">): number {
  return view.touchedAt + view.retentionMs;
}

/**
 * The one alarm that a session needs: the earliest of all due times; null when there is nothing
 * to wake for, which is the case of a tombstone.
 */
export function nextAlarm(view: ScheduleView, now: number): number | null {
  const times: (number | null)[] = [view.outboxDueAt, view.announceDueAt];
  // What the outbox still holds goes first, with its back-off: an ending waits for it.
  if (view.ending && view.outboxDueAt === null) times.push(0);
  if (!view.tombstone) {
    times.push(queueDueAt(view, now));
    times.push(...view.batches.map((batch) => batchDueAt(batch, view)));
    const settled = isSettled(view);
    if (settled && view.closedAt === null) times.push(closeDueAt(view));
    // What is open is given up then; what is closed leaves its tombstone, once it is delivered.
    const unprocessed = workOf(view).length > 0 || view.batches.length > 0;
    if (unprocessed || (settled && view.closedAt !== null)) times.push(retentionDueAt(view));
  }
  const due = times.filter((time) => time !== null);
  return due.length === 0 ? null : Math.min(...due);
}
