/** The session's log of events and the batches over it: the one module that owns these tables. */

import type { TokenUsage } from "../../memory/contracts.ts";
import type {
  EventContent,
  EventKind,
  IncomingEvent,
  SkipReason,
  StoredEvent,
} from "../../memory/event.ts";
import type { Database } from "../database.ts";
import type { Batch, BatchState } from "./lifecycle.ts";
import { BATCH_MAX_EVENTS, type QueuedEvent } from "./schedule.ts";

/** How many events are in each state. Every stored event is in exactly one. */
export interface EventCounts {
  pending: number;
  leased: number;
  done: number;
  skipped: number;
  dead: number;
}

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

interface RawBatch {
  batch: number;
  from_seq: number;
  to_seq: number;
  state: BatchState;
  attempts: number;
  abandoned: number;
  tries: number;
  due_at: number;
  not_before: number;
  lease_token: string | null;
  lease_owner: string | null;
  lease_until: number | null;
  redo: number;
  provider: string | null;
  tokens_input: number;
  tokens_output: number;
  error: string | null;
  skipped: string;
}

const EVENT_COLUMNS = "seq, kind, event_key, prompt_id, prompt_number, at, received_at, skip, body";

export class Queue {
  readonly #db: Database;
  /**
   * Identity -> sequence number of all events, read once in each life of the object: an index
   * would cost a row written with every event. It may know events that are gone, never too few.
   */
  #seqs: Map<string, number> | null = null;

  constructor(db: Database) {
    this.#db = db;
  }

  /** True where an event of this identity is in the log. */
  has(identity: string): boolean {
    return this.#find(identity) !== null;
  }

  #identities(): Map<string, number> {
    this.#seqs ??= new Map(
      this.#db
        .all<{ seq: number; identity: string }>("SELECT seq, identity FROM events")
        .map((row) => [row.identity, row.seq]),
    );
    return this.#seqs;
  }

  #find(identity: string): { kind: EventKind; n: number | null } | null {
    const seq = this.#identities().get(identity);
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
    this.#identities().set(identity, place.seq);
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

  /** True where events of these prompts are still pending or leased in a batch. */
  hasOpenBatchOf(fromPrompt: number, toPrompt: number): boolean {
    return (
      this.#db.one(
        `SELECT 1 FROM batches b JOIN events e ON e.seq BETWEEN b.from_seq AND b.to_seq
         WHERE b.state IN ('pending', 'leased') AND e.prompt_number BETWEEN ? AND ? LIMIT 1`,
        fromPrompt,
        toPrompt,
      ) !== null
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

  /** Flush: back-off ends now. A provider's own `retry-after` still holds. */
  bringForward(now: number): void {
    this.#db.run("UPDATE batches SET due_at = ? WHERE state = 'pending' AND due_at > ?", now, now);
  }

  /** Removes what is not yet done: the free events, and those of batches that are open. */
  removeOpen(batchedTo: number): void {
    this.#db.run("DELETE FROM events WHERE seq > ?", batchedTo);
    this.#db.run(
      `DELETE FROM events WHERE EXISTS (SELECT 1 FROM batches b
         WHERE b.state IN ('pending', 'leased') AND events.seq BETWEEN b.from_seq AND b.to_seq)`,
    );
    this.#db.run("DELETE FROM batches WHERE state IN ('pending', 'leased')");
  }

  /** Tokens that the kept batches used. */
  tokens(): TokenUsage {
    return (
      this.#db.one<TokenUsage>(
        `SELECT coalesce(sum(tokens_input), 0) AS input, coalesce(sum(tokens_output), 0) AS output
         FROM batches`,
      ) ?? { input: 0, output: 0 }
    );
  }

  /** What the newest batches say of provider and error. */
  newest(): { provider: string | null; error: string | null } {
    const provider = this.#db.one<{ provider: string }>(
      "SELECT provider FROM batches WHERE provider IS NOT NULL ORDER BY batch DESC LIMIT 1",
    );
    const error = this.#db.one<{ error: string }>(
      "SELECT error FROM batches WHERE error IS NOT NULL ORDER BY batch DESC LIMIT 1",
    );
    return { provider: provider?.provider ?? null, error: error?.error ?? null };
  }

  removeAll(): void {
    this.#db.empty("events");
    this.#db.empty("batches");
    this.#db.empty("private_prompts");
  }

  counts(batchedTo: number): EventCounts {
    const free = this.#db.one<{ n: number; skips: number }>(
      "SELECT count(*) AS n, count(skip) AS skips FROM events WHERE seq > ?",
      batchedTo,
    ) ?? { n: 0, skips: 0 };
    const counts: EventCounts = {
      pending: free.n - free.skips,
      leased: 0,
      done: 0,
      skipped: free.skips,
      dead: 0,
    };
    const rows = this.#db.all<{ state: BatchState; skipped: string; n: number; skips: number }>(
      `SELECT b.state, b.skipped, count(e.seq) AS n, count(e.skip) AS skips
       FROM batches b JOIN events e ON e.seq BETWEEN b.from_seq AND b.to_seq GROUP BY b.batch`,
    );
    for (const row of rows) {
      const taughtNothing = Object.keys(parseSkipped(row.skipped)).length;
      counts.skipped += row.skips + taughtNothing;
      counts[row.state] += row.n - row.skips - taughtNothing;
    }
    return counts;
  }

  /** Batches that still want something: pending and leased, in the log's order. */
  openBatches(): Batch[] {
    return this.#batches("WHERE state IN ('pending', 'leased')");
  }

  deadBatches(): Batch[] {
    return this.#batches("WHERE state = 'dead'");
  }

  allBatches(): Batch[] {
    return this.#batches("");
  }

  batch(batch: number): Batch | null {
    return this.#batches("WHERE batch = ?", batch)[0] ?? null;
  }

  #batches(where: string, ...values: number[]): Batch[] {
    return this.#db
      .all<RawBatch>(`SELECT * FROM batches ${where} ORDER BY from_seq`, ...values)
      .map(toBatch);
  }

  /** The highest batch number and sequence number of all batches; 0 where there is none. */
  reach(): { lastBatch: number; toSeq: number } {
    return (
      this.#db.one<{ lastBatch: number; toSeq: number }>(
        "SELECT coalesce(max(batch), 0) AS lastBatch, coalesce(max(to_seq), 0) AS toSeq FROM batches",
      ) ?? { lastBatch: 0, toSeq: 0 }
    );
  }

  /** Puts a transition's batches in the place of one. */
  replaceBatch(old: number, batches: readonly Batch[]): void {
    if (!batches.some((batch) => batch.batch === old)) this.removeBatch(old);
    for (const batch of batches) this.saveBatch(batch);
  }

  removeBatch(batch: number): void {
    this.#db.run("DELETE FROM batches WHERE batch = ?", batch);
  }

  saveBatch(batch: Batch): void {
    this.#db.run(
      `INSERT OR REPLACE INTO batches
         (batch, from_seq, to_seq, state, attempts, abandoned, tries, due_at, not_before,
          lease_token, lease_owner, lease_until, redo, provider, tokens_input, tokens_output,
          error, skipped)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      batch.batch,
      batch.fromSeq,
      batch.toSeq,
      batch.state,
      batch.attempts,
      batch.abandoned,
      batch.tries,
      batch.dueAt,
      batch.notBefore,
      batch.lease?.token ?? null,
      batch.lease?.owner ?? null,
      batch.lease?.until ?? null,
      batch.redo ? 1 : 0,
      batch.provider,
      batch.tokensInput,
      batch.tokensOutput,
      batch.error,
      JSON.stringify(batch.skipped),
    );
  }

  isPrivate(promptId: string): boolean {
    return this.#db.one("SELECT 1 FROM private_prompts WHERE prompt_id = ?", promptId) !== null;
  }

  markPrivate(promptId: string): void {
    this.#db.run("INSERT OR IGNORE INTO private_prompts (prompt_id) VALUES (?)", promptId);
  }
}

/** Trusted: only `saveBatch` writes it. */
function parseSkipped(text: string): Record<string, string> {
  return JSON.parse(text) as Record<string, string>;
}

function toBatch(raw: RawBatch): Batch {
  return {
    batch: raw.batch,
    fromSeq: raw.from_seq,
    toSeq: raw.to_seq,
    state: raw.state,
    attempts: raw.attempts,
    abandoned: raw.abandoned,
    tries: raw.tries,
    dueAt: raw.due_at,
    notBefore: raw.not_before,
    lease:
      raw.lease_token === null
        ? null
        : { token: raw.lease_token, owner: raw.lease_owner ?? "", until: raw.lease_until ?? 0 },
    redo: raw.redo === 1,
    provider: raw.provider,
    tokensInput: raw.tokens_input,
    tokensOutput: raw.tokens_output,
    error: raw.error,
    skipped: parseSkipped(raw.skipped),
  };
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
