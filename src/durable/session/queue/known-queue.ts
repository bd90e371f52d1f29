/** The events that no batch covers yet, known by heart in each life of the object. */
import { BATCH_MAX_ROWS, type QueuedEvent } from "./schedule.ts";

/** One more than a batch may hold: what looks at the queue has to see that there is more. */
export const HEAD_EVENTS = BATCH_MAX_ROWS + 1;
/** A queue that waits long for a provider is not held whole, in events. */
const KEPT_MAX_EVENTS = 4 * HEAD_EVENTS;

export interface KnownQueue {
  /** The events behind this number stand in `events`. */
  after: number;
  events: QueuedEvent[];
  /** All of them; false: the log has more behind the last one. */
  whole: boolean;
}

/** Of the events behind `after`, read in order with a limit of `HEAD_EVENTS`. */
export function knownQueue(after: number, events: QueuedEvent[]): KnownQueue {
  return { after, events, whole: events.length < HEAD_EVENTS };
}

/** Adds the log's newest event. */
export function enqueue(queue: KnownQueue, event: QueuedEvent): KnownQueue {
  if (!queue.whole) return queue;
  if (queue.events.length >= KEPT_MAX_EVENTS) return { ...queue, whole: false };
  queue.events.push(event);
  return queue;
}

/** The queue behind a number; null where it has to be read again. */
export function queueBehind(queue: KnownQueue, after: number): KnownQueue | null {
  if (after < queue.after) return null;
  const events =
    after === queue.after ? queue.events : queue.events.filter(({ seq }) => seq > after);
  if (!queue.whole && events.length < HEAD_EVENTS) return null;
  return { after, events, whole: queue.whole };
}
