/**
 * Rows on their way from one project to another. A store says which of its columns hold numbers of
 * items: all of them grow by the same shift, so that links, ranges and old ids stay true.
 */
import type { Database, SqlValue } from "../../../platform/database.ts";

export type MovingRow = Record<string, SqlValue>;

/** How one table of a project moves. */
export interface MovingStore {
  table: string;
  /** The primary key, in whose order rows are taken. */
  key: readonly string[];
  /** Most rows of one slice. */
  sliceRows: number;
  /**
   * Puts one row there; changed rows are its own matter. A row comes once. `shift` is added to
   * numbers of items.
   */
  take(db: Database, row: MovingRow, shift: number): void;
}

/** The rows after a key, at most one slice; `after` null: from the beginning. */
export function rowsAfter(
  db: Database,
  { table, key, sliceRows }: MovingStore,
  after: readonly SqlValue[] | null,
): MovingRow[] {
  const order = key.join(", ");
  const condition = after === null ? "" : `WHERE (${order}) > (${after.map(() => "?").join(", ")})`;
  return db.all<MovingRow>(
    `SELECT * FROM ${table} ${condition} ORDER BY ${order} LIMIT ${sliceRows}`,
    ...(after ?? []),
  );
}

/** Inserts a row with the columns that this release knows; one whose key is taken is left out. */
export function insertRow(db: Database, table: string, row: MovingRow, conflict = "NOTHING"): void {
  const known = db.all<{ name: string }>("SELECT name FROM pragma_table_info(?)", table);
  const names = known.map(({ name }) => name).filter((name) => row[name] !== undefined);
  db.run(
    `INSERT INTO ${table} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})
     ON CONFLICT DO ${conflict}`,
    ...names.map((name) => row[name] ?? null),
  );
}

/** The row with `shift` added to its numbers of items; empty ones stay empty. */
export function shifted(row: MovingRow, columns: readonly string[], shift: number): MovingRow {
  const changed = columns.map((column) => {
    const value = row[column];
    return [column, typeof value === "number" ? value + shift : (value ?? null)] as const;
  });
  return { ...row, ...Object.fromEntries(changed) };
}

/**
 * The batch of a row, after its move. Batches of what was saved by hand are numbers of items: as
 * they are while nobody's session has them, counted down once a session has.
 */
export function shiftedBatch({ generation, batch }: MovingRow, shift: number): SqlValue {
  if (typeof batch !== "number") return batch ?? null;
  if (batch < 0) return batch - shift;
  return generation === 0 ? batch + shift : batch;
}
