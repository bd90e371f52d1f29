/** One table of an object's SQLite, by one list of its columns: all statements derive from it. */
import type { Database, SqlValue } from "./database.ts";

/** Which column holds a field, and how. */
export interface Column<Value> {
  name: string;
  read(stored: SqlValue): Value;
  write(value: Value): SqlValue;
}

/** A column for each field of a row. */
export type Columns<Row> = { readonly [Field in keyof Row]-?: Column<Row[Field]> };

/** Stored as it is. Trusted: the column holds what `write` put there. */
export function plain<Value extends SqlValue>(name: string): Column<Value> {
  return { name, read: (stored) => stored as Value, write: (value) => value };
}

/** Stored as 1 or 0. */
export function flag(name: string): Column<boolean> {
  return { name, read: (stored) => stored === 1, write: (value) => (value ? 1 : 0) };
}

/** Stored as JSON text. Trusted like a plain column. Null is stored as NULL. */
export function json<Value>(name: string): Column<Value> {
  return {
    name,
    read: (stored) => (typeof stored === "string" ? JSON.parse(stored) : null) as Value,
    write: (value) => (value === null ? null : JSON.stringify(value)),
  };
}

export class Table<Row extends object> {
  readonly #db: Database;
  readonly #name: string;
  readonly #columns: Columns<Row>;
  readonly #fields: readonly (keyof Row)[];

  constructor(db: Database, name: string, columns: Columns<Row>) {
    this.#db = db;
    this.#name = name;
    this.#columns = columns;
    this.#fields = Object.keys(columns) as (keyof Row)[];
  }

  /** Whole rows that the clause picks, such as `WHERE … ORDER BY …`. */
  all(clause: string, ...values: SqlValue[]): Row[] {
    return this.select(this.#fields, clause, ...values);
  }

  /** The named fields of the rows that the clause picks. */
  select<Field extends keyof Row>(
    fields: readonly Field[],
    clause: string,
    ...values: SqlValue[]
  ): Pick<Row, Field>[] {
    const columns = fields.map((field) => this.#columns[field]);
    const names = columns.map((column) => column.name);
    return this.#db
      .all<Record<string, SqlValue>>(
        `SELECT ${names.join(", ")} FROM ${this.#name} ${clause}`,
        ...values,
      )
      .map((stored) => {
        const row: Partial<Pick<Row, Field>> = {};
        for (const [i, field] of fields.entries()) {
          row[field] = columns[i]?.read(stored[names[i] ?? ""] ?? null);
        }
        return row as Pick<Row, Field>;
      });
  }

  /**
   * Adds a row. Fields that are left out get the column's default. Returns the rows written,
   * indexes included.
   */
  insert(row: Partial<Row>): number {
    return this.#insert("INSERT", row);
  }

  /** Adds a row in the place of the one with its key, if there is one. */
  put(row: Row): void {
    this.#insert("INSERT OR REPLACE", row);
  }

  /** Writes the given fields of the rows that the clause picks; undefined ones stay. */
  update(change: Partial<Row>, clause: string, ...values: SqlValue[]): void {
    const fields = this.#given(change);
    if (fields.length === 0) return;
    const set = fields.map((field) => `${this.#columns[field].name} = ?`);
    this.#db.run(
      `UPDATE ${this.#name} SET ${set.join(", ")} ${clause}`,
      ...this.#stored(change, fields),
      ...values,
    );
  }

  #insert(verb: string, row: Partial<Row>): number {
    const fields = this.#given(row);
    const names = fields.map((field) => this.#columns[field].name);
    return this.#db.run(
      `${verb} INTO ${this.#name} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`,
      ...this.#stored(row, fields),
    );
  }

  #given(row: Partial<Row>): (keyof Row)[] {
    return this.#fields.filter((field) => row[field] !== undefined);
  }

  #stored(row: Partial<Row>, fields: readonly (keyof Row)[]): SqlValue[] {
    // Only fields that are given are asked for.
    return fields.map((field) => this.#columns[field].write(row[field] as Row[typeof field]));
  }
}
