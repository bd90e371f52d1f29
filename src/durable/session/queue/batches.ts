/** The batches over a session's log: the one module that writes the table `batches`. */

import type { OpenWork } from "../../../agent/rules/open-work.ts";
import type { EventCounts, TokenUsage } from "../../../contract/sessions.ts";
import type { Database, SqlValue } from "../../../platform/database.ts";
import { Remembered } from "../../../platform/remembered.ts";
import { type Columns, flag, json, plain, Table } from "../../../platform/table.ts";
import {
  type Batch,
  type BatchState,
  type DeadBatch,
  isOpen,
  type OpenBatch,
} from "./lifecycle.ts";

/** A batch as the table holds it: the columns of all states side by side. */
interface BatchRow {
  batch: number;
  fromSeq: number;
  toSeq: number;
  state: BatchState;
  attempts: number;
  abandoned: number;
  tries: number;
  dueAt: number;
  notBefore: number;
  leaseToken: string | null;
  leaseOwner: string | null;
  leaseUntil: number | null;
  redo: boolean;
  provider: string | null;
  tokensInput: number;
  tokensOutput: number;
  error: string | null;
  skipped: Record<string, string>;
  openWork: string | null;
}

const COLUMNS: Columns<BatchRow> = {
  batch: plain("batch"),
  fromSeq: plain("from_seq"),
  toSeq: plain("to_seq"),
  state: plain("state"),
  attempts: plain("attempts"),
  abandoned: plain("abandoned"),
  tries: plain("tries"),
  dueAt: plain("due_at"),
  notBefore: plain("not_before"),
  leaseToken: plain("lease_token"),
  leaseOwner: plain("lease_owner"),
  leaseUntil: plain("lease_until"),
  redo: flag("redo"),
  provider: plain("provider"),
  tokensInput: plain("tokens_input"),
  tokensOutput: plain("tokens_output"),
  error: plain("error"),
  skipped: json("skipped"),
  openWork: plain("open_work"),
};

/** How far batches reach. */
interface Reach {
  lastBatch: number;
  toSeq: number;
}

export class Batches {
  readonly #db: Database;
  readonly #table: Table<BatchRow>;
  /** Asked with every event. */
  readonly #reach: Remembered<Reach>;
  readonly #open: Remembered<readonly OpenBatch[]>;
  /** Numbers of the batches of a redo that is not through. */
  readonly #redone: Remembered<ReadonlySet<number>>;

  constructor(db: Database) {
    this.#db = db;
    this.#table = new Table(db, "batches", COLUMNS);
    this.#reach = new Remembered(db, () => this.#readReach());
    this.#open = new Remembered(db, () => this.#readOpen());
    this.#redone = new Remembered(db, () => this.#readRedone());
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
  makeDueNow(now: number): void {
    this.#change("UPDATE batches SET due_at = ? WHERE state = 'pending' AND due_at > ?", now, now);
  }

  /** Removes the batches that still want something. */
  removeOpen(): void {
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
    this.#forget();
    this.#db.empty("batches");
  }

  counts(lastBatchedSeq: number): EventCounts {
    const free = this.#db.one<{ n: number; skips: number }>(
      "SELECT count(*) AS n, count(skip) AS skips FROM events WHERE seq > ?",
      lastBatchedSeq,
    ) ?? { n: 0, skips: 0 };
    const counts: EventCounts = {
      pending: free.n - free.skips,
      leased: 0,
      done: 0,
      skipped: free.skips,
      dead: 0,
    };
    // Read across the two tables: a batch knows its stretch, the log which of its events are left.
    const rows = this.#db.all<{ state: BatchState; skipped: string; n: number; skips: number }>(
      `SELECT b.state, b.skipped, count(e.seq) AS n, count(e.skip) AS skips
       FROM batches b JOIN events e ON e.seq BETWEEN b.from_seq AND b.to_seq GROUP BY b.batch`,
    );
    for (const row of rows) {
      const taughtNothing = Object.keys(COLUMNS.skipped.read(row.skipped)).length;
      counts.skipped += row.skips + taughtNothing;
      counts[row.state] += row.n - row.skips - taughtNothing;
    }
    return counts;
  }

  /** Batches that still want something, in the log's order. */
  open(): readonly OpenBatch[] {
    return this.#open.value();
  }

  #readOpen(): OpenBatch[] {
    return this.#batches("WHERE state IN ('pending', 'leased')").filter(isOpen);
  }

  dead(): DeadBatch[] {
    return this.#batches("WHERE state = 'dead'").filter((batch) => batch.state === "dead");
  }

  all(): Batch[] {
    return this.#batches("");
  }

  /** The batches of a redo that is not through, whatever became of them. */
  redone(): Batch[] {
    return [...this.#redone.value()].flatMap((batch) => this.get(batch) ?? []).sort(byPlace);
  }

  #readRedone(): ReadonlySet<number> {
    const rows = this.#table.select(["batch"], "WHERE redo = 1");
    return new Set(rows.map(({ batch }) => batch));
  }

  get(batch: number): Batch | null {
    return this.#batches("WHERE batch = ?", batch)[0] ?? null;
  }

  /**
   * What the batches before an event left open: that stands with the newest of them that told of it,
   * in the log's order, so that a redo and a batch that comes late begin where they should.
   */
  openWorkBefore(seq: number): OpenWork | null {
    const [newest] = this.#table.select(
      ["openWork"],
      "WHERE to_seq < ? AND open_work IS NOT NULL ORDER BY to_seq DESC LIMIT 1",
      seq,
    );
    return newest?.openWork == null ? null : JSON.parse(newest.openWork);
  }

  /** What was left open from an event on may tell of what was withdrawn. */
  forgetOpenWork(fromSeq: number): void {
    this.#change(
      "UPDATE batches SET open_work = NULL WHERE to_seq >= ? AND open_work IS NOT NULL",
      fromSeq,
    );
  }

  /** What the newest batch left open was told at the session's end. */
  settleOpenWork(): void {
    this.#change(
      `UPDATE batches SET open_work = 'null' WHERE batch = (
         SELECT batch FROM batches WHERE open_work IS NOT NULL ORDER BY to_seq DESC LIMIT 1)`,
    );
  }

  #batches(where: string, ...values: number[]): Batch[] {
    return this.#table.all(`${where} ORDER BY from_seq`, ...values).map(toBatch);
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

  /** For every change but `save`. */
  #change(sql: string, ...values: SqlValue[]): void {
    this.#forget();
    this.#db.run(sql, ...values);
  }

  /** What is remembered of the table is no longer true. */
  #forget(): void {
    this.#reach.forget();
    this.#open.forget();
    this.#redone.forget();
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
    this.#table.put(toRow(batch));
    this.#reach.update(({ lastBatch, toSeq }) => ({
      lastBatch: Math.max(lastBatch, batch.batch),
      toSeq: Math.max(toSeq, batch.toSeq),
    }));
    this.#open.update((open) => {
      const others = open.filter((other) => other.batch !== batch.batch);
      return isOpen(batch) ? [...others, batch].sort(byPlace) : others;
    });
    this.#redone.update((redone) => {
      const others = [...redone].filter((other) => other !== batch.batch);
      return new Set(batch.redo ? [...others, batch.batch] : others);
    });
  }
}

/** The log's order. */
function byPlace(a: Batch, b: Batch): number {
  return a.fromSeq - b.fromSeq;
}

function toRow(batch: Batch): BatchRow {
  const lease = batch.state === "leased" ? batch.lease : null;
  const done = batch.state === "done" ? batch : null;
  return {
    attempts: 0,
    abandoned: 0,
    dueAt: 0,
    notBefore: 0,
    error: null,
    ...batch,
    leaseToken: lease?.token ?? null,
    leaseOwner: lease?.owner ?? null,
    leaseUntil: lease?.until ?? null,
    provider: done?.provider ?? null,
    skipped: done?.skipped ?? {},
    openWork: done?.openWork ?? null,
  };
}

function toBatch(row: BatchRow): Batch {
  const { batch, fromSeq, toSeq, tries, redo, tokensInput, tokensOutput, state } = row;
  const stretch = { batch, fromSeq, toSeq, tries, redo, tokensInput, tokensOutput };
  const { attempts, abandoned, dueAt, notBefore, error } = row;
  switch (state) {
    case "pending":
      return { ...stretch, state, attempts, abandoned, dueAt, notBefore, error };
    case "leased": {
      const lease = {
        token: row.leaseToken ?? "",
        owner: row.leaseOwner ?? "",
        until: row.leaseUntil ?? 0,
      };
      return { ...stretch, state, attempts, abandoned, lease, error };
    }
    case "done": {
      const { provider, skipped, openWork } = row;
      return { ...stretch, state, provider: provider ?? "none", skipped, openWork };
    }
    case "dead":
      return { ...stretch, state, attempts, error: error ?? "unknown" };
  }
}
