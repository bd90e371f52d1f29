/** Which events a session has, known by heart in each life of its object. */
import { type Counters, countOf } from "../session-row.ts";

/** What names an event. */
interface NamedEvent {
  seq: number;
  identity: string;
  key: string;
  n: number | null;
}

/**
 * What the object knows of all its events, read once in each of its lives: an index over the
 * identities, or a counter in a row, would cost a row written with every event, and asking the
 * table a tenth of an event's time.
 */
export interface KnownEvents {
  /** Identity -> sequence number. */
  seqs: Map<string, number>;
  /** Identity of a prompt -> its number. */
  numbers: Map<string, number>;
  /** Number of a prompt -> sequence number. */
  prompts: Map<number, number>;
  /** The highest numbers that were seen: an event that goes takes none of them back. */
  counters: Counters;
}

function noCounters(): Counters {
  return { prompt: 0, say: 0, stop: 0, compact: 0, agents: {} };
}

/** Adds an event to what is known. */
export function note(known: KnownEvents, { seq, identity, key, n }: NamedEvent): KnownEvents {
  known.seqs.set(identity, seq);
  if (n === null) return known;
  count(known.counters, key, n);
  if (key.startsWith("prompt:")) {
    known.prompts.set(n, seq);
    known.numbers.set(identity, n);
  }
  return known;
}

/** Takes the events out that are gone. */
export function withoutEvents(known: KnownEvents, isGone: (seq: number) => boolean): KnownEvents {
  for (const [identity, seq] of known.seqs) {
    if (!isGone(seq)) continue;
    known.seqs.delete(identity);
    known.numbers.delete(identity);
  }
  for (const [n, seq] of known.prompts) if (isGone(seq)) known.prompts.delete(n);
  return known;
}

/** Notes the number that a key like `stop:3` or `agent:<id>:2` carries. */
function count(counters: Counters, key: string, n: number): void {
  const series = key.slice(0, key.indexOf(":"));
  if (series === "agent") {
    const id = key.slice("agent:".length, key.lastIndexOf(":"));
    counters.agents[id] = Math.max(countOf(counters.agents, id), n);
  } else if (series === "prompt" || series === "say" || series === "stop" || series === "compact") {
    counters[series] = Math.max(counters[series], n);
  }
}

/** What is known of the events that a log holds. */
export function knownEvents(events: readonly NamedEvent[]): KnownEvents {
  const known: KnownEvents = {
    seqs: new Map(),
    numbers: new Map(),
    prompts: new Map(),
    counters: noCounters(),
  };
  for (const event of events) note(known, event);
  return known;
}
