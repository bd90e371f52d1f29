/** The batches over a session's log: the one module that writes the table `batches`. */
import type { TokenUsage } from "../../../memory/delivery.ts";
import type { Database } from "../../../platform/database.ts";
import { Remembered } from "../../../platform/remembered.ts";
import type { Batch, BatchState } from "./lifecycle.ts";

/** How many events are in each state. Every stored event is in exactly one. */
export interface EventCounts {
  pending: number;
  leased: number;
  done: number;
  skipped: number;
  dead: number;
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

/** How far batches reach. */
interface Reach {
  lastBatch: number;
  toSeq: number;
}

export class Batches {
  readonly #db: Database;
  /** Asked with every event. */
  readonly #reach: Remembered<Reach>;

  constructor(db: Database) {
    this.#db = db;
    this.#reach = new Remembered(db, () => this.#readReach());
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

  /** Flush: back-off ends now. A provider's own `retry-after` still holds. */
  bringForward(now: number): void {
    this.#change("UPDATE batches SET due_at = ? WHERE state = 'pending' AND due_at > ?", now, now);
  }

  /** Removes what is not yet done: the free events, and those of batches that are open. */
  removeOpen(batchedTo: number): void {
    this.#change("DELETE FROM events WHERE seq > ?", batchedTo);
    this.#change(
      `DELETE FROM events WHERE EXISTS (SELECT 1 FROM batches b
         WHERE b.state IN ('pending', 'leased') AND events.seq BETWEEN b.from_seq AND b.to_seq)`,
    );
    this.#change("DELETE FROM batches WHERE state IN ('pending', 'leased')");
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

  clear(): void {
    this.#reach.forget();
    this.#db.empty("batches");
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
  open(): Batch[] {
    return this.#batches("WHERE state IN ('pending', 'leased')");
  }

  dead(): Batch[] {
    return this.#batches("WHERE state = 'dead'");
  }

  all(): Batch[] {
    return this.#batches("");
  }

  get(batch: number): Batch | null {
    return this.#batches("WHERE batch = ?", batch)[0] ?? null;
  }

  #batches(where: string, ...values: number[]): Batch[] {
    return this.#db
      .all<RawBatch>(`SELECT * FROM batches ${where} ORDER BY from_seq`, ...values)
      .map(toBatch);
  }

  /** The highest batch number and sequence number of all batches; 0 where there is none. */
  reach(): Reach {
    return this.#reach.value();
  }

  #readReach(): Reach {
    const row = this.#db.one<Reach>(
      "SELECT coalesce(max(batch), 0) AS lastBatch, coalesce(max(to_seq), 0) AS toSeq FROM batches",
    );
    return row ?? { lastBatch: 0, toSeq: 0 };
  }

  /** Every change of the table goes through here: what is remembered of it is no longer true. */
  #change(sql: string, ...values: (string | number | null)[]): void {
    this.#reach.forget();
    this.#db.run(sql, ...values);
  }

  /** Puts a transition's batches in the place of one. */
  replace(old: number, batches: readonly Batch[]): void {
    if (!batches.some((batch) => batch.batch === old)) this.remove(old);
    for (const batch of batches) this.save(batch);
  }

  remove(batch: number): void {
    this.#change("DELETE FROM batches WHERE batch = ?", batch);
  }

  save(batch: Batch): void {
    this.#change(
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
}

/** Trusted: only `save` writes it. */
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
