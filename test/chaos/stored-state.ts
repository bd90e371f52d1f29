/**
 * What stands in the objects' databases once the server has stopped: a witness that knows nothing
 * of the server's own code for reading it.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

export interface StoredEvent {
  seq: number;
  identity: string;
  kind: string;
  key: string;
  promptId: string | null;
  promptNumber: number;
  skip: string | null;
  body: string;
  at: number;
}

export interface StoredBatch {
  batch: number;
  fromSeq: number;
  toSeq: number;
  state: string;
  attempts: number;
  error: string | null;
  provider: string | null;
  skipped: Record<string, string>;
}

/** What one batch of a session was to teach its project. */
export interface StoredDelivery {
  batch: number;
  generation: number;
  state: string;
  observations: number;
}

export interface StoredSession {
  path: string;
  root: string | null;
  project: string;
  closed: boolean;
  events: StoredEvent[];
  batches: StoredBatch[];
  deliveries: StoredDelivery[];
  /** Outbox entries of any kind that have not gone out. */
  waiting: number;
}

export interface StoredItem {
  /** The database that it stands in: one per project. */
  database: string;
  n: number;
  kind: string;
  session: string;
  generation: number;
  batch: number;
  promptNumber: number;
  content: string;
}

/** The databases of one class of objects. */
function databases(state: string, className: string): string[] {
  const folder = join(state, "do", `cairn-${className}`);
  return readdirSync(folder)
    .filter((name) => name.endsWith(".sqlite") && name !== "metadata.sqlite")
    .map((name) => join(folder, name));
}

function hasTable(db: DatabaseSync, name: string): boolean {
  return db.prepare("SELECT 1 FROM sqlite_master WHERE name = ?").get(name) !== undefined;
}

/** All sessions that any object holds. */
export function readStoredSessions(state: string): StoredSession[] {
  return databases(state, "SessionObject").flatMap((file) => {
    const db = new DatabaseSync(file, { readOnly: true });
    try {
      return hasTable(db, "session") ? readSession(db) : [];
    } finally {
      db.close();
    }
  });
}

function readSession(db: DatabaseSync): StoredSession[] {
  const row = db
    .prepare(
      `SELECT agent || '/' || session_id AS path, root, project, closed_at IS NOT NULL AS closed
       FROM session`,
    )
    .get() as (Omit<StoredSession, "closed"> & { closed: number }) | undefined;
  if (row === undefined) return [];
  const events = db
    .prepare(
      `SELECT seq, identity, kind, event_key AS key, prompt_id AS promptId,
         prompt_number AS promptNumber, skip, body, at FROM events ORDER BY seq`,
    )
    .all() as unknown as StoredEvent[];
  const batches = (
    db
      .prepare(
        `SELECT batch, from_seq AS fromSeq, to_seq AS toSeq, state, attempts, error, provider, skipped
         FROM batches ORDER BY from_seq`,
      )
      .all() as unknown as (Omit<StoredBatch, "skipped"> & { skipped: string })[]
  ).map((batch) => ({
    ...batch,
    skipped: JSON.parse(batch.skipped) as Record<string, string>,
  }));
  const deliveries = db
    .prepare(
      `SELECT batch, generation, state, json_array_length(payload, '$.observations') AS observations
       FROM outbox WHERE kind = 'deliver'`,
    )
    .all() as unknown as StoredDelivery[];
  const { waiting } = db
    .prepare("SELECT count(*) AS waiting FROM outbox WHERE state <> 'sent'")
    .get() as { waiting: number };
  return [{ ...row, closed: row.closed === 1, events, batches, deliveries, waiting }];
}

/** Throws where an item is not in the full-text index, or something is that is no item. */
function checkIndexed(db: DatabaseSync, file: string): void {
  const differing = db
    .prepare(
      `SELECT coalesce(i.n, d.id) AS n FROM items i FULL JOIN search_docsize d ON d.id = i.n
       WHERE i.n IS NULL OR d.id IS NULL`,
    )
    .all();
  if (differing.length > 0) {
    throw new Error(`${file}: items and index differ: ${JSON.stringify(differing)}`);
  }
}

/** All items of all projects. Throws where an index is broken. */
export function readStoredItems(state: string): StoredItem[] {
  return databases(state, "ProjectObject").flatMap((file) => {
    const db = new DatabaseSync(file);
    try {
      if (!hasTable(db, "items")) return [];
      for (const index of ["search", "trigrams"]) {
        db.exec(`INSERT INTO ${index} (${index}) VALUES ('integrity-check')`);
      }
      checkIndexed(db, file);
      return (
        db
          .prepare(
            `SELECT n, kind, session, generation, batch, prompt_number AS promptNumber, content
             FROM items ORDER BY n`,
          )
          .all() as unknown as Omit<StoredItem, "database">[]
      ).map((item) => ({ ...item, database: file }));
    } finally {
      db.close();
    }
  });
}
