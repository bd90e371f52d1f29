/** The session's log of events: the one module that writes the table `events`. */
import type {
  EventContent,
  EventKind,
  IncomingEvent,
  SkipReason,
  StoredEvent,
} from "../../../memory/event.ts";
import type { Database } from "../../../platform/database.ts";
import { Remembered } from "../../../platform/remembered.ts";
import { type Counters, countOf } from "../session-row.ts";
import { BATCH_MAX_EVENTS, type QueuedEvent } from "./schedule.ts";

/** Where an event goes in the log, and under which name. */
export interface EventPlace {
  seq: number;
  key: string;
  n: number | null;
  promptNumber: number;
  receivedAt: number;
}

interface RawEvent {
  seq: number;
  kind: EventKind;
  event_key: string;
  prompt_id: string | null;
  prompt_number: number;
  at: number;
  received_at: number;
  skip: SkipReason | null;
  body: string;
}

const EVENT_COLUMNS = "seq, kind, event_key, prompt_id, prompt_number, at, received_at, skip, body";

/**
 * What the object knows of all its events, read once in each of its lives: an index over the
 * identities, or a counter in a row, would cost a row written with every event. It may know events
 * that are gone, never too few.
 */
interface Known {
  /** Identity -> sequence number. */
  seqs: Map<string, number>;
  counters: Counters;
}

function noCounters(): Counters {
  return { prompt: 0, say: 0, stop: 0, compact: 0, agents: {} };
}

/** Adds an event to what is known. */
function note(known: Known, identity: string, seq: number, key: string, n: number | null): Known {
  known.seqs.set(identity, seq);
  if (n !== null) count(known.counters, key, n);
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

export class EventLog {
  readonly #db: Database;
  readonly #known: Remembered<Known>;

  constructor(db: Database) {
    this.#db = db;
    this.#known = new Remembered(db, () => this.#readKnown());
  }

  /** True where an event of this identity is in the log. */
  has(identity: string): boolean {
    return this.#find(identity) !== null;
  }

  #readKnown(): Known {
    const known: Known = { seqs: new Map(), counters: noCounters() };
    const rows = this.#db.all<{ seq: number; identity: string; n: number | null; key: string }>(
      "SELECT seq, identity, n, event_key AS key FROM events",
    );
    for (const { seq, identity, n, key } of rows) note(known, identity, seq, key, n);
    return known;
  }

  /** The highest `n` of each series that the log has seen in this life of the object. */
  counters(): Counters {
    return this.#known.value().counters;
  }

  #find(identity: string): { kind: EventKind; n: number | null } | null {
    const seq = this.#known.value().seqs.get(identity);
    if (seq === undefined) return null;
    // Asked again: it may have been removed since, or its transaction was undone.
    return this.#db.one<{ kind: EventKind; n: number | null }>(
      "SELECT kind, n FROM events WHERE seq = ? AND identity = ?",
      seq,
      identity,
    );
  }

  /** The newest event's identity; null in an empty log. */
  newestIdentity(): string | null {
    return (
      this.#db.one<{ identity: string }>("SELECT identity FROM events ORDER BY seq DESC LIMIT 1")
        ?.identity ?? null
    );
  }

  /** The number of the prompt with this identity; null where it is not in the log. */
  promptNumber(identity: string): number | null {
    const found = this.#find(identity);
    return found?.kind === "prompt" ? found.n : null;
  }

  /** Appends an event. One row written; a prompt has one more in an index. */
  append(event: IncomingEvent, identity: string, place: EventPlace): void {
    const body = JSON.stringify(event.body);
    this.#db.run(
      `INSERT INTO events (seq, identity, kind, n, event_key, prompt_id, prompt_number, at, received_at, bytes, skip, body)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      place.seq,
      identity,
      event.kind,
      place.n,
      place.key,
      event.promptId,
      place.promptNumber,
      event.at,
      place.receivedAt,
      body.length,
      event.skip,
      body,
    );
    this.#known.update((known) => note(known, identity, place.seq, place.key, place.n));
  }

  lastSeq(): number {
    return this.#db.one<{ seq: number | null }>("SELECT max(seq) AS seq FROM events")?.seq ?? 0;
  }

  /** Time of the newest event, as the agent told it, ms. */
  lastEventAt(): number | null {
    return (
      this.#db.one<{ at: number }>("SELECT at FROM events ORDER BY seq DESC LIMIT 1")?.at ?? null
    );
  }

  /** When the newest event came, by our own clock, ms. */
  lastReceivedAt(): number | null {
    return (
      this.#db.one<{ at: number }>("SELECT received_at AS at FROM events ORDER BY seq DESC LIMIT 1")
        ?.at ?? null
    );
  }

  /** The oldest events that no batch covers, one more than a batch may hold. */
  head(batchedTo: number): QueuedEvent[] {
    return this.#db
      .all<{
        seq: number;
        kind: EventKind;
        bytes: number;
        received_at: number;
        prompt_number: number;
        skip: SkipReason | null;
      }>(
        `SELECT seq, kind, bytes, received_at, prompt_number, skip FROM events
         WHERE seq > ? ORDER BY seq LIMIT ?`,
        batchedTo,
        BATCH_MAX_EVENTS + 1,
      )
      .map((row) => ({
        seq: row.seq,
        kind: row.kind,
        bytes: row.bytes,
        receivedAt: row.received_at,
        promptNumber: row.prompt_number,
        skip: row.skip,
      }));
  }

  /** The events of a stretch, in order. */
  events(fromSeq: number, toSeq: number): StoredEvent[] {
    return this.#db
      .all<RawEvent>(
        `SELECT ${EVENT_COLUMNS} FROM events WHERE seq BETWEEN ? AND ? ORDER BY seq`,
        fromSeq,
        toSeq,
      )
      .map(toEvent);
  }

  /** The sequence numbers of a stretch, in order. */
  seqs(fromSeq: number, toSeq: number): number[] {
    return this.#db
      .all<{ seq: number }>(
        "SELECT seq FROM events WHERE seq BETWEEN ? AND ? ORDER BY seq",
        fromSeq,
        toSeq,
      )
      .map((row) => row.seq);
  }

  /** The events with these keys, in order. */
  byKeys(keys: readonly string[]): StoredEvent[] {
    return this.#db
      .all<RawEvent>(
        `SELECT ${EVENT_COLUMNS} FROM events
         WHERE event_key IN (SELECT value FROM json_each(?)) ORDER BY seq`,
        JSON.stringify(keys),
      )
      .map(toEvent);
  }

  /** Prompts up to number `n`, the newest first. */
  *promptsDownFrom(n: number): Generator<StoredEvent> {
    for (let at = n; at > 0; at -= 1) {
      const raw = this.#db.one<RawEvent>(
        `SELECT ${EVENT_COLUMNS} FROM events WHERE kind = 'prompt' AND n <= ? ORDER BY n DESC LIMIT 1`,
        at,
      );
      if (raw === null) return;
      const event = toEvent(raw);
      yield event;
      at = event.promptNumber;
    }
  }

  /** The kind of the event that follows in the log; null at its end. */
  kindAfter(seq: number): EventKind | null {
    return (
      this.#db.one<{ kind: EventKind }>(
        "SELECT kind FROM events WHERE seq > ? ORDER BY seq LIMIT 1",
        seq,
      )?.kind ?? null
    );
  }

  /** The events of one prompt id. */
  ofPrompt(promptId: string): { seq: number; key: string }[] {
    return this.#db.all<{ seq: number; key: string }>(
      "SELECT seq, event_key AS key FROM events WHERE prompt_id = ? ORDER BY seq",
      promptId,
    );
  }

  removeOfPrompt(promptId: string): void {
    this.#db.run("DELETE FROM events WHERE prompt_id = ?", promptId);
  }

  removeEvents(seqs: readonly number[]): void {
    this.#db.run(
      "DELETE FROM events WHERE seq IN (SELECT value FROM json_each(?))",
      JSON.stringify(seqs),
    );
  }

  /** Removes all events. */
  clear(): void {
    this.#known.forget();
    this.#db.empty("events");
  }
}

function toEvent(raw: RawEvent): StoredEvent {
  // Trusted: `append` wrote kind and body side by side.
  const content = { kind: raw.kind, body: JSON.parse(raw.body) } as EventContent;
  return {
    ...content,
    seq: raw.seq,
    key: raw.event_key,
    promptId: raw.prompt_id,
    promptNumber: raw.prompt_number,
    at: raw.at,
    receivedAt: raw.received_at,
    skip: raw.skip,
  };
}
