/** The session's log of events: the one module that writes the table `events`. */

import type { EventKind } from "../../../contract/vocabulary.ts";
import type {
  EventContent,
  IncomingEvent,
  SkipReason,
  StoredEvent,
} from "../../../memory/event.ts";
import type { Database } from "../../../platform/database.ts";
import { Remembered } from "../../../platform/remembered.ts";
import { type Columns, plain, Table } from "../../../platform/table.ts";
import { type Counters, countOf } from "../session-row.ts";
import { BATCH_MAX_EVENTS, type QueuedEvent } from "./schedule.ts";

/** Where an event goes in the log, and under which name. */
export interface EventPlace {
  seq: number;
  key: string;
  n: number | null;
  promptNumber: number;
  receivedAt: number;
  /** Id of the key that sent it; null where the sender told none. */
  keyId: string | null;
}

/** An event as the table holds it. */
interface EventRow {
  seq: number;
  identity: string;
  kind: EventKind;
  n: number | null;
  key: string;
  promptId: string | null;
  promptNumber: number;
  at: number;
  receivedAt: number;
  bytes: number;
  skip: SkipReason | null;
  /** JSON text: it is written once, and measured before. */
  body: string;
  keyId: string | null;
}

const COLUMNS: Columns<EventRow> = {
  seq: plain("seq"),
  identity: plain("identity"),
  kind: plain("kind"),
  n: plain("n"),
  key: plain("event_key"),
  promptId: plain("prompt_id"),
  promptNumber: plain("prompt_number"),
  at: plain("at"),
  receivedAt: plain("received_at"),
  bytes: plain("bytes"),
  skip: plain("skip"),
  body: plain("body"),
  keyId: plain("key_id"),
};

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
function note(
  known: Known,
  { seq, identity, key, n }: Pick<EventRow, "seq" | "identity" | "key" | "n">,
): Known {
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
  readonly #table: Table<EventRow>;
  readonly #known: Remembered<Known>;

  constructor(db: Database) {
    this.#db = db;
    this.#table = new Table(db, "events", COLUMNS);
    this.#known = new Remembered(db, () => this.#readKnown());
  }

  /** True where an event of this identity is in the log. */
  has(identity: string): boolean {
    return this.#find(identity) !== null;
  }

  #readKnown(): Known {
    const known: Known = { seqs: new Map(), counters: noCounters() };
    for (const event of this.#table.select(["seq", "identity", "key", "n"], "")) note(known, event);
    return known;
  }

  /** The highest `n` of each series that the log has seen in this life of the object. */
  counters(): Counters {
    return this.#known.value().counters;
  }

  #find(identity: string): Pick<EventRow, "kind" | "n"> | null {
    const seq = this.#known.value().seqs.get(identity);
    if (seq === undefined) return null;
    // Asked again: it may have been removed since.
    const found = this.#table.select(
      ["kind", "n"],
      "WHERE seq = ? AND identity = ?",
      seq,
      identity,
    );
    return found[0] ?? null;
  }

  /** The newest event's identity; null in an empty log. */
  newestIdentity(): string | null {
    return this.#newest("identity");
  }

  /** The number of the prompt with this identity; null where it is not in the log. */
  promptNumber(identity: string): number | null {
    const found = this.#find(identity);
    return found?.kind === "prompt" ? found.n : null;
  }

  /** Appends an event. One row written; a prompt has one more in an index. */
  append(event: IncomingEvent, identity: string, place: EventPlace): void {
    const body = JSON.stringify(event.body);
    const { kind, promptId, at, skip } = event;
    this.#table.insert({ identity, kind, promptId, at, bytes: body.length, skip, body, ...place });
    this.#known.update((known) => note(known, { identity, ...place }));
  }

  lastSeq(): number {
    return this.#newest("seq") ?? 0;
  }

  /** Time of the newest event, as the agent told it, ms. */
  lastEventAt(): number | null {
    return this.#newest("at");
  }

  /** When the newest event came, by our own clock, ms. */
  lastReceivedAt(): number | null {
    return this.#newest("receivedAt");
  }

  #newest<Field extends keyof EventRow>(field: Field): EventRow[Field] | null {
    return this.#table.select([field], "ORDER BY seq DESC LIMIT 1")[0]?.[field] ?? null;
  }

  /** The oldest events that no batch covers, one more than a batch may hold. */
  head(lastBatchedSeq: number): QueuedEvent[] {
    return this.#table.select(
      ["seq", "kind", "bytes", "receivedAt", "promptNumber", "skip"],
      "WHERE seq > ? ORDER BY seq LIMIT ?",
      lastBatchedSeq,
      BATCH_MAX_EVENTS + 1,
    );
  }

  /** The events of a stretch, in order. */
  events(fromSeq: number, toSeq: number): StoredEvent[] {
    return this.#table.all("WHERE seq BETWEEN ? AND ? ORDER BY seq", fromSeq, toSeq).map(toEvent);
  }

  /** The sequence numbers of a stretch, in order. */
  seqs(fromSeq: number, toSeq: number): number[] {
    return this.#table
      .select(["seq"], "WHERE seq BETWEEN ? AND ? ORDER BY seq", fromSeq, toSeq)
      .map((row) => row.seq);
  }

  /** The events with these keys, in order. */
  byKeys(keys: readonly string[]): StoredEvent[] {
    return this.#table
      .all("WHERE event_key IN (SELECT value FROM json_each(?)) ORDER BY seq", JSON.stringify(keys))
      .map(toEvent);
  }

  /** Prompts up to number `n`, the newest first. */
  *promptsDownFrom(n: number): Generator<StoredEvent> {
    for (let at = n; at > 0; at -= 1) {
      const row = this.#table.all(
        "WHERE kind = 'prompt' AND n <= ? ORDER BY n DESC LIMIT 1",
        at,
      )[0];
      if (row === undefined) return;
      yield toEvent(row);
      at = row.promptNumber;
    }
  }

  /** The kind of the event that follows in the log; null at its end. */
  kindAfter(seq: number): EventKind | null {
    const next = this.#table.select(["kind"], "WHERE seq > ? ORDER BY seq LIMIT 1", seq);
    return next[0]?.kind ?? null;
  }

  /** The events of one prompt id. */
  ofPrompt(promptId: string): { seq: number; key: string }[] {
    return this.#table.select(["seq", "key"], "WHERE prompt_id = ? ORDER BY seq", promptId);
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

  /** Removes the events of a stretch. */
  removeBetween(fromSeq: number, toSeq: number): void {
    this.#db.run("DELETE FROM events WHERE seq BETWEEN ? AND ?", fromSeq, toSeq);
  }

  /** Removes all events. */
  clear(): void {
    this.#known.forget();
    this.#db.empty("events");
  }
}

function toEvent(row: EventRow): StoredEvent {
  // Trusted: `append` wrote kind and body side by side.
  const content = { kind: row.kind, body: JSON.parse(row.body) } as EventContent;
  const { seq, key, promptId, promptNumber, at, receivedAt, skip } = row;
  return { ...content, seq, key, promptId, promptNumber, at, receivedAt, skip };
}
