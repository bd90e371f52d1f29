/** The session's log of events: the one module that writes the table `events`. */

import type { IncomingEvent, StoredEvent, TextBody } from "../../../memory/event.ts";
import { type Database, overwritten } from "../../../platform/database.ts";
import { Remembered } from "../../../platform/remembered.ts";
import { Table } from "../../../platform/table.ts";
import type { Counters } from "../session-row.ts";
import { COLUMNS, type EventRow, NO_CALL, NO_TEXT, toEvent } from "./event-row.ts";
import { type KnownEvents, knownEvents, note, withoutEvents } from "./known-events.ts";
import { enqueue, HEAD_EVENTS, type KnownQueue, knownQueue, queueBehind } from "./known-queue.ts";
import type { QueuedEvent } from "./schedule.ts";

/** Where an event goes in the log, and under which name. */
export interface EventPlace {
  seq: number;
  key: string;
  n: number | null;
  promptNumber: number;
  receivedAt: number;
  /** Id of the key that sent it; null where the sender told none. */
  keyId: string | null;
  /** The person who sent it; null: the session's owner. */
  sender: string | null;
  /** Key of the event that already holds its text, see `holderOf`. */
  ref: string | null;
}

/** How far back a closing message's other half is looked for: subagents' events may come between. */
const HOLDER_WITHIN_EVENTS = 200;

/** What is asked of the newest event with every hook. */
type NewestEvent = Pick<EventRow, "seq" | "identity" | "at" | "receivedAt">;

export class EventLog {
  readonly #db: Database;
  readonly #table: Table<EventRow>;
  readonly #known: Remembered<KnownEvents>;
  readonly #newest: Remembered<NewestEvent | null>;
  readonly #queue: Remembered<KnownQueue | null>;

  constructor(db: Database) {
    this.#db = db;
    this.#table = new Table(db, "events", COLUMNS);
    this.#known = new Remembered(db, () => this.#readKnown());
    this.#newest = new Remembered(db, () => this.#readNewest());
    // Read by `head`, which knows from where on.
    this.#queue = new Remembered<KnownQueue | null>(db, () => null);
  }

  /** True where an event of this identity is in the log. */
  has(identity: string): boolean {
    return this.#known.value().seqs.has(identity);
  }

  #readKnown(): KnownEvents {
    return knownEvents(this.#table.select(["seq", "identity", "key", "n"], ""));
  }

  /** The highest `n` of each series that the log has seen in this life of the object. */
  counters(): Counters {
    return this.#known.value().counters;
  }

  /** The newest event's identity; null in an empty log. */
  newestIdentity(): string | null {
    return this.#newest.value()?.identity ?? null;
  }

  /** The number of the prompt with this identity; null where it is not in the log. */
  promptNumber(identity: string): number | null {
    return this.#known.value().numbers.get(identity) ?? null;
  }

  /** Appends an event. One row written. */
  append(event: IncomingEvent, identity: string, place: EventPlace): void {
    const body = JSON.stringify(place.ref === null ? event.body : { ...event.body, text: "" });
    const { kind, promptId, at, skip } = event;
    const { seq, receivedAt, promptNumber } = place;
    const bytes = body.length;
    this.#table.insert({ identity, kind, promptId, at, bytes, skip, body, ...place });
    this.#known.update((known) => note(known, { identity, ...place }));
    this.#newest.update(() => ({ seq, identity, at, receivedAt }));
    const queued: QueuedEvent = { seq, kind, bytes, receivedAt, promptNumber, skip };
    this.#queue.update((queue) => (queue === null ? null : enqueue(queue, queued)));
  }

  /** How many events are kept. */
  count(): number {
    return this.#db.one<{ n: number }>("SELECT count(*) AS n FROM events")?.n ?? 0;
  }

  lastSeq(): number {
    return this.#newest.value()?.seq ?? 0;
  }

  /** Time of the newest event, as the agent told it, ms. */
  lastEventAt(): number | null {
    return this.#newest.value()?.at ?? null;
  }

  /** When the newest event came, by our own clock, ms. */
  lastReceivedAt(): number | null {
    return this.#newest.value()?.receivedAt ?? null;
  }

  #readNewest(): NewestEvent | null {
    const fields = ["seq", "identity", "at", "receivedAt"] as const;
    return this.#table.select(fields, "ORDER BY seq DESC LIMIT 1")[0] ?? null;
  }

  /** The oldest events that no batch covers, one more than a batch may hold. */
  head(lastBatchedSeq: number): readonly QueuedEvent[] {
    const known = this.#queue.value();
    const queue =
      (known === null ? null : queueBehind(known, lastBatchedSeq)) ??
      knownQueue(lastBatchedSeq, this.#readQueue(lastBatchedSeq));
    this.#queue.update(() => queue);
    return queue.events.slice(0, HEAD_EVENTS);
  }

  #readQueue(lastBatchedSeq: number): QueuedEvent[] {
    return this.#table.select(
      ["seq", "kind", "bytes", "receivedAt", "promptNumber", "skip"],
      "WHERE seq > ? ORDER BY seq LIMIT ?",
      lastBatchedSeq,
      HEAD_EVENTS,
    );
  }

  /** What is known by heart once events were removed. */
  #without(isGone: (seq: number) => boolean): void {
    this.#known.update((known) => withoutEvents(known, isGone));
    this.#newest.forget();
    this.#queue.forget();
  }

  /** The events of a stretch, in order. */
  events(fromSeq: number, toSeq: number): StoredEvent[] {
    const rows = this.#table.all("WHERE seq BETWEEN ? AND ? ORDER BY seq", fromSeq, toSeq);
    return this.#read(rows);
  }

  /** The sequence numbers of a stretch, in order. */
  seqs(fromSeq: number, toSeq: number): number[] {
    return this.#table
      .select(["seq"], "WHERE seq BETWEEN ? AND ? ORDER BY seq", fromSeq, toSeq)
      .map((row) => row.seq);
  }

  /** The events with these keys, in order. */
  byKeys(keys: readonly string[]): StoredEvent[] {
    return this.#read(this.#rowsOf(keys));
  }

  #rowsOf(keys: readonly string[]): EventRow[] {
    return this.#table.all(
      "WHERE event_key IN (SELECT value FROM json_each(?)) ORDER BY seq",
      JSON.stringify(keys),
    );
  }

  /** The events, each with its text, wherever that stands. */
  #read(rows: readonly EventRow[]): StoredEvent[] {
    const refs = rows.flatMap((row) => row.ref ?? []);
    if (refs.length === 0) return rows.map((row) => toEvent(row));
    const texts = new Map(this.#rowsOf(refs).map((row) => [row.key, this.#wholeText(row)]));
    return rows.map((row) => toEvent(row, row.ref === null ? undefined : texts.get(row.ref)));
  }

  /** The text of a row that holds it; of a message in several parts, all of them. */
  #wholeText(row: EventRow): string {
    const { text, part } = JSON.parse(row.body) as TextBody;
    return part === undefined ? text : this.#partsOf(part.message).join("");
  }

  /** The texts of a message's parts, in order. */
  #partsOf(message: string): string[] {
    return this.#table
      .select(["body"], "WHERE kind = 'say' AND body ->> '$.part.message' = ?", message)
      .map((row) => JSON.parse(row.body) as TextBody)
      .sort((a, b) => (a.part?.index ?? 0) - (b.part?.index ?? 0))
      .map((body) => body.text);
  }

  /**
   * Key of the event that already holds the text of this one. A closing message comes twice, as what
   * the agent says and as its Stop, in either order: the later one keeps no text of its own. Of a
   * message in several parts it is the first part's key.
   */
  holderOf(event: IncomingEvent): string | null {
    if (event.kind !== "say" && event.kind !== "turn_end") return null;
    const { text, part } = event.body;
    if (text === "") return null;
    const since = this.lastSeq() - HOLDER_WITHIN_EVENTS;
    const near = `WHERE seq > ? AND kind = ? AND ref IS NULL AND prompt_id IS ?`;
    const other = event.kind === "say" ? "turn_end" : "say";
    const place = [since, other, event.promptId] as const;
    const same = this.#table.select(["key"], `${near} AND body ->> 'text' = ?`, ...place, text)[0];
    if (same !== undefined) return same.key;
    if (event.kind === "say") {
      if (part === undefined) return null;
      const within = `${near} AND instr(body ->> 'text', ?) > 0`;
      return this.#table.select(["key"], within, ...place, text)[0]?.key ?? null;
    }
    const parted = `${near} AND body ->> '$.part.index' = 0 ORDER BY seq DESC LIMIT 1`;
    const first = this.#table.all(parted, ...place)[0];
    return first !== undefined && this.#wholeText(first) === text ? first.key : null;
  }

  /** The prompt with the number `n`, or the newest one before it. */
  promptAt(n: number): StoredEvent | null {
    const { prompts } = this.#known.value();
    for (let at = n; at > 0; at -= 1) {
      const seq = prompts.get(at);
      if (seq === undefined) continue;
      const [row] = this.#table.all("WHERE seq = ? AND kind = 'prompt'", seq);
      if (row !== undefined) return toEvent(row);
    }
    return null;
  }

  /** Prompts up to number `n`, the newest first. */
  *promptsDownFrom(n: number): Generator<StoredEvent> {
    for (let at = n; at > 0; at -= 1) {
      const prompt = this.promptAt(at);
      if (prompt === null) return;
      yield prompt;
      at = prompt.promptNumber;
    }
  }

  /** The event that follows in the log; null at its end. */
  after(seq: number): StoredEvent | null {
    return this.#read(this.#table.all("WHERE seq > ? ORDER BY seq LIMIT 1", seq))[0] ?? null;
  }

  /** The newest closing message of the turns from one prompt's number up to another's. */
  closingOf(fromPrompt: number, toPrompt: number): StoredEvent | null {
    const rows = this.#table.all(
      "WHERE kind = 'turn_end' AND prompt_number BETWEEN ? AND ? ORDER BY seq DESC LIMIT 1",
      fromPrompt,
      toPrompt,
    );
    return this.#read(rows)[0] ?? null;
  }

  /**
   * The number of the prompt in whose turn a background task was begun, told by its id in what a
   * call gave back or in a subagent's name; null where the log up to `beforeSeq` names none.
   */
  promptOfTask(tasks: readonly string[], beforeSeq: number): number | null {
    for (const task of tasks) {
      const begun = this.#table.select(
        ["promptNumber"],
        `WHERE seq < ?1 AND kind IN ('tool_use', 'subagent_end')
           AND (instr(body ->> 'output', ?2) > 0 OR instr(event_key, 'agent:' || ?2 || ':') = 1)
         ORDER BY seq LIMIT 1`,
        beforeSeq,
        task,
      )[0];
      if (begun !== undefined) return begun.promptNumber;
    }
    return null;
  }

  /** The events of one prompt id, and those that share a text with one of them. */
  ofPrompt(promptId: string): Pick<EventRow, "seq" | "key" | "sender">[] {
    return this.#withPartners("prompt_id = ?1", promptId);
  }

  /** The events with these keys, and those that share a text with one of them. */
  ofKeys(keys: readonly string[]): Pick<EventRow, "seq" | "key" | "sender">[] {
    return this.#withPartners(
      "event_key IN (SELECT value FROM json_each(?1))",
      JSON.stringify(keys),
    );
  }

  #withPartners(listed: string, value: string): Pick<EventRow, "seq" | "key" | "sender">[] {
    return this.#table.select(
      ["seq", "key", "sender"],
      `WHERE ${listed}
         OR ref IN (SELECT event_key FROM events WHERE ${listed})
         OR event_key IN (SELECT ref FROM events WHERE ${listed} AND ref IS NOT NULL)
       ORDER BY seq`,
      value,
    );
  }

  /**
   * Takes the content out of these events; they teach nothing any more. What recognises a retry of
   * them stays.
   */
  empty(seqs: readonly number[]): void {
    const list = JSON.stringify(seqs);
    this.#queue.forget();
    this.#overwrite(list);
    this.#db.run(
      `UPDATE events SET skip = 'withdrawn', bytes = 0, body = CASE
         WHEN kind IN ('tool_use', 'tool_failure') THEN ? ELSE ? END
       WHERE seq IN (SELECT value FROM json_each(?))`,
      JSON.stringify(NO_CALL),
      JSON.stringify(NO_TEXT),
      list,
    );
  }

  #overwrite(list: string): void {
    this.#db.run(
      `UPDATE events SET body = ${overwritten("body")} WHERE seq IN (SELECT value FROM json_each(?))`,
      list,
    );
  }

  /** Removes these events. One that stays and has its text from one of them keeps it. */
  removeEvents(seqs: readonly number[]): void {
    const list = JSON.stringify(seqs);
    const listed = "(SELECT value FROM json_each(?1))";
    const orphans = this.#table.all(
      `WHERE seq NOT IN ${listed} AND ref IN (SELECT event_key FROM events WHERE seq IN ${listed})`,
      list,
    );
    for (const { seq, body } of this.#read(orphans)) {
      this.#table.update({ body: JSON.stringify(body), ref: null }, "WHERE seq = ?", seq);
    }
    this.#overwrite(list);
    this.#db.run(`DELETE FROM events WHERE seq IN ${listed}`, list);
    const gone = new Set(seqs);
    this.#without((seq) => gone.has(seq));
  }

  /** Removes the events of a stretch. */
  removeBetween(fromSeq: number, toSeq: number): void {
    this.#db.run("DELETE FROM events WHERE seq BETWEEN ? AND ?", fromSeq, toSeq);
    this.#without((seq) => seq >= fromSeq && seq <= toSeq);
  }

  /** Removes all events. */
  clear(): void {
    this.#known.forget();
    this.#newest.forget();
    this.#queue.forget();
    this.#db.empty("events");
  }
}
