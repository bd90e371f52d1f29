/**
 * What the session's project has still to be told: the one module that owns the table `outbox`.
 * Entries go out strictly in order, at least once; the project applies each once. Deliveries stay
 * in the table after they went out, because a change of project sends them again.
 */
import type { Removed } from "../../../contract/sessions.ts";
import type { Delivery, ForgetAnswer } from "../../../memory/delivery.ts";
import type { KnownPoint } from "../../../memory/observation.ts";
import { type Database, overwritten } from "../../../platform/database.ts";
import { Remembered } from "../../../platform/remembered.ts";
import { type Columns, plain, Table } from "../../../platform/table.ts";
import type { DeletedItem } from "../work/withdrawal.ts";
import { linkedItem, parseDelivery, receiptOf } from "./payload.ts";

/**
 * - `deliver`: what one batch taught;
 * - `move`: everything that the session taught, to a new project;
 * - `redo`: what a redo wrote anew, in the place of the old;
 * - `retract`: the project keeps nothing of the session (the old side of a move);
 * - `forget`: neither what it taught nor what its agent saved; kept when sent, for the receipt;
 * - `withdraw`: what batches that held a private turn taught goes;
 * - `link`: what the agent saved by hand belongs to this session; kept when sent, to be forgotten.
 */
export type OutboxKind = "deliver" | "move" | "redo" | "retract" | "forget" | "withdraw" | "link";

/** `ready` goes out when due; `held` waits for the rest of a redo; `sent` is applied. */
export type OutboxState = "ready" | "held" | "sent";

/** What a delivery of the session says of open points. */
export interface DeliveredPoints {
  /** False where a redo is about to replace it. */
  current: boolean;
  made: KnownPoint[];
  closed: KnownPoint[];
}

export interface OutboxEntry {
  id: number;
  kind: OutboxKind;
  /** Name of the project that it is for. */
  project: string;
  generation: number;
  batch: number | null;
  dueAt: number;
  attempts: number;
  payload: string;
}

interface EntryRow extends OutboxEntry {
  state: OutboxState;
  error: string | null;
}

const COLUMNS: Columns<EntryRow> = {
  id: plain("id"),
  kind: plain("kind"),
  state: plain("state"),
  project: plain("project"),
  generation: plain("generation"),
  batch: plain("batch"),
  dueAt: plain("due_at"),
  attempts: plain("attempts"),
  error: plain("error"),
  payload: plain("payload"),
};

export class Outbox {
  readonly #db: Database;
  readonly #table: Table<EntryRow>;
  readonly #titles: Remembered<Set<string>>;
  readonly #summarised: Remembered<Set<number>>;
  readonly #points: Remembered<DeliveredPoints[]>;
  /** Ids of the entries that still have to go out, in order: what went out is much more. */
  readonly #ready: Remembered<readonly number[]>;

  constructor(db: Database) {
    this.#db = db;
    this.#table = new Table(db, "outbox", COLUMNS);
    this.#titles = new Remembered(db, () => this.#readTitles());
    this.#summarised = new Remembered(db, () => this.#readSummarised());
    this.#points = new Remembered(db, () => this.#readPoints());
    this.#ready = new Remembered(db, () => this.#readReady());
  }

  /** Adds what is no delivery. */
  add(
    entry: Pick<OutboxEntry, "project" | "generation" | "batch" | "payload"> & {
      kind: Exclude<OutboxKind, "deliver">;
    },
    now: number,
  ): void {
    this.#table.insert({ ...entry, state: "ready", dueAt: now, attempts: 0 });
    this.#noteReady();
  }

  /** Adds what a batch taught. A redo's waits (`held`) until the redo is through. */
  deliver(
    project: string,
    delivery: Delivery,
    now: number,
    state: "ready" | "held" = "ready",
  ): void {
    const { generation, batch, observations, summaries } = delivery;
    const payload = JSON.stringify(delivery);
    const entry = { kind: "deliver", project, generation, batch, payload } as const;
    this.#table.insert({ ...entry, state, dueAt: now, attempts: 0 });
    if (state === "ready") this.#noteReady();
    for (const { title } of observations) this.#titles.update((titles) => titles.add(title));
    for (const summary of summaries) {
      this.#summarised.update((prompts) => prompts.add(summary.prompt_number));
    }
    this.#points.update((points) => [...points, ...pointsOf(delivery, true)]);
  }

  /** The entry that has to go out next; null where nothing waits. */
  head(): OutboxEntry | null {
    const [id] = this.#ready.value();
    return id === undefined ? null : (this.#table.all("WHERE id = ?", id)[0] ?? null);
  }

  #readReady(): number[] {
    const rows = this.#table.select(["id"], "WHERE state = 'ready' ORDER BY id");
    return rows.map(({ id }) => id);
  }

  /** Entries that still have to go out. */
  waiting(): number {
    return this.#ready.value().length;
  }

  /** The newest entry waits. */
  #noteReady(): void {
    this.#ready.update((ids) => {
      const newest = this.#db.one<{ id: number }>("SELECT max(id) AS id FROM outbox");
      return newest === null ? ids : [...ids, newest.id];
    });
  }

  #noteOut({ id }: OutboxEntry): void {
    this.#ready.update((ids) => ids.filter((other) => other !== id));
  }

  /** A project has forgotten the session, and removed so much. */
  markForgotten(entry: OutboxEntry, removed: ForgetAnswer["removed"]): void {
    const receipt = { ...receiptOf(entry.payload), ...removed };
    const change = { state: "sent", error: null, payload: JSON.stringify(receipt) } as const;
    this.#table.update(change, "WHERE id = ?", entry.id);
    this.#noteOut(entry);
  }

  /** What was removed of the session, in all projects that it was forgotten by. */
  removed(): Removed {
    const receipts = this.#table
      .all("WHERE kind = 'forget'")
      .map(({ payload }) => receiptOf(payload));
    const sum = (field: keyof Removed) =>
      receipts.reduce((total, receipt) => total + (receipt[field] ?? 0), 0);
    return {
      events: sum("events"),
      observations: sum("observations"),
      summaries: sum("summaries"),
      prompts: sum("prompts"),
      open_points: sum("open_points"),
    };
  }

  /** Applied. Only deliveries are kept, for a later move. */
  markSent(entry: OutboxEntry): void {
    if (entry.kind === "deliver" || entry.kind === "link") {
      this.#table.update({ state: "sent", error: null }, "WHERE id = ?", entry.id);
    } else {
      this.#db.run("DELETE FROM outbox WHERE id = ?", entry.id);
    }
    this.#noteOut(entry);
  }

  failed(entry: OutboxEntry, error: string, dueAt: number): void {
    this.#table.update({ attempts: entry.attempts + 1, error, dueAt }, "WHERE id = ?", entry.id);
  }

  lastError(): string | null {
    return (
      this.#db.one<{ error: string }>(
        "SELECT error FROM outbox WHERE state = 'ready' AND error IS NOT NULL ORDER BY id LIMIT 1",
      )?.error ?? null
    );
  }

  /** Everything that waits is due now. */
  makeDueNow(now: number): void {
    this.#db.run("UPDATE outbox SET due_at = ? WHERE state = 'ready' AND due_at > ?", now, now);
  }

  /** All deliveries of the session, in order, in the state asked for. */
  deliveries(state: OutboxState | "any"): Delivery[] {
    return this.#db
      .all<{ payload: string; generation: number }>(
        `SELECT payload, generation FROM outbox WHERE kind = 'deliver'
         AND (? = 'any' OR state = ?) ORDER BY id`,
        state,
        state,
      )
      .map((row) => ({ ...parseDelivery(row.payload), generation: row.generation }));
  }

  /**
   * Titles of the session's observations, newest last. Read once in each life of the object; it
   * may know titles that were since withdrawn, never too few.
   */
  titles(): ReadonlySet<string> {
    return this.#titles.value();
  }

  #readTitles(): Set<string> {
    const rows = this.#db.all<{ title: string }>(
      `SELECT o.value ->> 'title' AS title
       FROM outbox, json_each(outbox.payload, '$.observations') o
       WHERE kind = 'deliver' AND (state = 'held' OR batch IN (SELECT batch FROM batches))
       ORDER BY outbox.id, o.key`,
    );
    return new Set(rows.map((row) => row.title));
  }

  /** Numbers of the prompts that have a summary. Known like the titles. */
  summarised(): ReadonlySet<number> {
    return this.#summarised.value();
  }

  #readSummarised(): Set<number> {
    const rows = this.#db.all<{ n: number }>(
      `SELECT s.value ->> 'prompt_number' AS n
       FROM outbox, json_each(outbox.payload, '$.summaries') s WHERE kind = 'deliver'`,
    );
    return new Set(rows.map((row) => row.n));
  }

  /** What the session's deliveries say of open points, in order. Known like the titles. */
  points(): readonly DeliveredPoints[] {
    return this.#points.value();
  }

  #readPoints(): DeliveredPoints[] {
    return this.#db
      .all<{ payload: string; current: number }>(
        `SELECT payload, state = 'held' OR batch IN (SELECT batch FROM batches) AS current
         FROM outbox WHERE kind = 'deliver'
         AND coalesce(payload -> 'openPoints', payload -> 'closes') IS NOT NULL ORDER BY id`,
      )
      .flatMap(({ payload, current }) => pointsOf(parseDelivery(payload), current === 1));
  }

  /** To be called when what was delivered is about to be replaced. */
  forgetContents(): void {
    this.#points.forget();
    this.#titles.forget();
    this.#summarised.forget();
  }

  /** True where the project may hold something of the session. */
  everDelivered(): boolean {
    return (
      this.#db.one("SELECT 1 FROM outbox WHERE kind IN ('deliver', 'move') AND state <> 'held'") !==
      null
    );
  }

  /** Deliveries get a new generation and go out with the entry that is about to be added. */
  adoptDeliveries(generation: number, project: string): void {
    this.#ready.forget();
    this.#db.run(
      `UPDATE outbox SET generation = ?, project = ?,
         state = CASE state WHEN 'held' THEN 'held' ELSE 'sent' END WHERE kind = 'deliver'`,
      generation,
      project,
    );
  }

  /** What waits goes out under another generation: the project knows the names of the present one. */
  renew(generation: number): void {
    this.#db.run("UPDATE outbox SET generation = ? WHERE state IN ('ready', 'held')", generation);
  }

  /** A redo was applied: what it carried is the session's, what it replaced is nobody's. */
  releaseHeld(): void {
    this.#db.run(
      `DELETE FROM outbox WHERE kind = 'deliver' AND state = 'sent'
       AND batch NOT IN (SELECT batch FROM batches)`,
    );
    this.#db.run("UPDATE outbox SET state = 'sent' WHERE state = 'held'");
  }

  /** Removes the deliveries of these batches. Returns those that were there: they may have gone out. */
  withdraw(batches: readonly number[]): number[] {
    this.#ready.forget();
    this.forgetContents();
    const list = JSON.stringify(batches);
    const gone = this.#db
      .all<{ batch: number }>(
        `SELECT batch FROM outbox WHERE kind = 'deliver' AND batch IN (SELECT value FROM json_each(?))`,
        list,
      )
      .map((row) => row.batch);
    this.#db.run(
      "DELETE FROM outbox WHERE kind = 'deliver' AND batch IN (SELECT value FROM json_each(?))",
      list,
    );
    return gone;
  }

  /** An item was deleted from the project: a move must not deliver it again. */
  dropDelivered(item: DeletedItem): void {
    this.forgetContents();
    const lists = { observation: "observations", summary: "summaries", prompt: "prompts" } as const;
    const list = lists[item.kind];
    const sources = JSON.stringify(item.sources);
    const isIt = (told: { prompt_number: number; sources: string[] }) =>
      item.kind === "summary"
        ? told.prompt_number === item.promptNumber
        : JSON.stringify(told.sources) === sources;
    for (const { id, payload } of this.#table.all("WHERE kind = 'deliver'")) {
      const delivery = parseDelivery(payload);
      const without = { ...delivery, [list]: delivery[list].filter((told) => !isIt(told)) };
      if (without[list].length === delivery[list].length) continue;
      this.#db.run(`UPDATE outbox SET payload = ${overwritten("payload")} WHERE id = ?`, id);
      this.#table.update({ payload: JSON.stringify(without) }, "WHERE id = ?", id);
    }
  }

  /** Drops the results of a redo that is not finished. */
  dropHeld(): void {
    this.#db.run("DELETE FROM outbox WHERE state = 'held'");
  }

  removeAll(): void {
    this.#ready.forget();
    this.#db.empty("outbox");
  }

  /** Numbers of the projects into which the session's agent saved by hand. */
  projectsSavedInto(): number[] {
    const links = this.#table.all("WHERE kind = 'link'").map((entry) => linkedItem(entry).number);
    return [...new Set(links)];
  }

  /** Forgetting: all that is left to do is to take back what other projects were once told. */
  keepRetractions(): void {
    this.#ready.forget();
    this.#db.run(
      "DELETE FROM outbox WHERE kind NOT IN ('retract', 'forget', 'link') OR state = 'sent'",
    );
  }
}

function pointsOf(delivery: Delivery, current: boolean): DeliveredPoints[] {
  const { session, openPoints = [], closes = [] } = delivery;
  if (openPoints.length + closes.length === 0) return [];
  const made = openPoints.map(({ text, created_at }) => ({ session, text, made_at: created_at }));
  return [{ current, made, closed: closes }];
}
