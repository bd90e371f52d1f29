/** A recorded session as its object would keep and cut it, for runs without any server. */
import { cutBatch } from "../../src/durable/session/queue/schedule.ts";
import { readHook } from "../../src/hooks/claude-code/read.ts";
import type { IncomingEvent, StoredEvent } from "../../src/memory/event.ts";
import { type EventSeries, eventKey, eventSeries } from "../../src/memory/event-identity.ts";
import type { RecordedSession } from "./recorded-sessions.ts";

export interface KeptSession {
  /** The working folder at the session's start. */
  root: string | null;
  /** In order of arrival, each once. */
  events: StoredEvent[];
}

/** What the hook endpoint would store of a recording. */
export function storedEvents(session: RecordedSession): KeptSession {
  const counts = new Map<EventSeries, number>();
  const seen = new Set<string>();
  const events: StoredEvent[] = [];
  let root: string | null = null;
  for (const { at, payload: hook } of session.hooks) {
    root ??= typeof hook.cwd === "string" ? hook.cwd : null;
    const context = { eventId: null, at, now: Date.now(), ignoreGlobs: [] };
    const action = readHook(hook, context);
    if (action.do !== "event" || seen.has(action.event.identity)) continue;
    seen.add(action.event.identity);
    events.push(numbered(action.event, events.length + 1, counts));
  }
  return { root, events };
}

function numbered(
  event: IncomingEvent,
  seq: number,
  counts: Map<EventSeries, number>,
): StoredEvent {
  const { identity: _identity, identityScope: _scope, subject, ...content } = event;
  const series = eventSeries(event.kind);
  const n = (counts.get(series) ?? 0) + 1;
  counts.set(series, n);
  const key = eventKey(event.kind, subject, n);
  return { ...content, seq, key, promptNumber: counts.get("prompt") ?? 0, receivedAt: event.at };
}

/** Batches as the session cuts them when none is due before it is full. */
export function batchesOf(events: readonly StoredEvent[]): StoredEvent[][] {
  const batches: StoredEvent[][] = [];
  let rest = events.map((event) => ({ event, bytes: JSON.stringify(event.body).length }));
  while (rest.length > 0) {
    const queue = rest.slice(0, 64).map(({ event, bytes }) => ({ ...event, bytes }));
    const toSeq = cutBatch(queue)?.toSeq ?? Number.POSITIVE_INFINITY;
    batches.push(rest.filter(({ event }) => event.seq <= toSeq).map(({ event }) => event));
    rest = rest.filter(({ event }) => event.seq > toSeq);
  }
  return batches;
}
