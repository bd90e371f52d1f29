/** A recorded session as its object would keep and cut it, for runs without any server. */
import { BATCH_MAX_AGE_MS, cutBatch } from "../../src/durable/session/queue/schedule.ts";
import { CLAUDE_CODE } from "../../src/hooks/claude-code/dialect.ts";
import { readHook } from "../../src/hooks/read-hook.ts";
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
    const action = readHook(CLAUDE_CODE, hook, context);
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

/** `fast`: no batch is due before it is full. `recorded`: also 120 s after its oldest event. */
export type Pace = "fast" | "recorded";

/** Events as the session cuts them into batches, each with whether it ends its turn. */
export function batchesOf(
  events: readonly StoredEvent[],
  pace: Pace = "fast",
): { events: StoredEvent[]; ends: boolean }[] {
  const batches: { events: StoredEvent[]; ends: boolean }[] = [];
  let queue: (StoredEvent & { bytes: number })[] = [];
  const byKey = new Map(events.map((event) => [event.key, event]));
  const take = (upTo: number, ends: boolean): void => {
    const taken = queue.filter(({ seq }) => seq <= upTo);
    batches.push({ events: taken.flatMap(({ key }) => byKey.get(key) ?? []), ends });
    queue = queue.filter(({ seq }) => seq > upTo);
  };
  const drain = (all: boolean): void => {
    for (;;) {
      const cut = cutBatch(queue);
      if (cut === null || (!cut.full && !all)) return;
      take(cut.toSeq, cut.endsTurn);
    }
  };
  for (const event of events) {
    const oldest = queue[0];
    if (pace === "recorded" && oldest && event.at - oldest.at >= BATCH_MAX_AGE_MS) drain(true);
    queue.push({ ...event, bytes: Buffer.byteLength(JSON.stringify(event.body)) });
    drain(false);
  }
  drain(true);
  return batches;
}
