/** A thin, typed face of an object's SQLite, and its append-only migrations. */
import type { DurableObjectStorage } from "@cloudflare/workers-types";
import { SCHEMA_QUERY, type SchemaRow, schemaDifferences } from "./schema.ts";

export type SqlValue = string | number | null | ArrayBuffer;

/** One migration: the text of a file in `migrations/<object>/`, in order. */
export interface Migration {
  name: string;
  sql: string;
}

/** What a database may do beside its migrations. */
interface DatabaseOptions {
  /** Called once in each life of the object, when its tables are there and current. */
  onReady?: () => void;
  /**
   * What all migrations make together, their `schema.sql`: an empty database takes it instead of them,
   * one row written for each table. Only where no migration writes rows.
   */
  whole?: string;
}

/**
 * SQL: as many other bytes as a column of text holds. A row that is as large as before is written in
 * its own place, so what is overwritten before its deletion does not stay in the freed part of a page.
 */
export function overwritten(column: string): string {
  return `printf('%.*c', length(CAST(${column} AS BLOB)), 'x')`;
}

export class Database {
  readonly #storage: DurableObjectStorage;
  readonly #migrations: readonly Migration[];
  #ready = false;
  /** Counts transactions that were undone: what was remembered of their rows is no longer true. */
  #undone = 0;
  readonly #options: DatabaseOptions;

  constructor(
    storage: DurableObjectStorage,
    migrations: readonly Migration[],
    options: DatabaseOptions = {},
  ) {
    this.#storage = storage;
    this.#migrations = migrations;
    this.#options = options;
  }

  /** All rows. `Row` is trusted: the columns are those of the statement beside the call. */
  all<Row extends object>(sql: string, ...values: SqlValue[]): Row[] {
    return this.#storage.sql.exec(sql, ...values).toArray() as unknown as Row[];
  }

  /** The first row, or null. */
  one<Row extends object>(sql: string, ...values: SqlValue[]): Row | null {
    return this.all<Row>(sql, ...values)[0] ?? null;
  }

  /** Runs a statement for its effect. Returns the rows written, indexes included (what is billed). */
  run(sql: string, ...values: SqlValue[]): number {
    return this.#storage.sql.exec(sql, ...values).rowsWritten;
  }

  /**
   * Removes all rows of a table. Dropped and made again, which costs a few rows of the schema
   * where a `DELETE` costs one for each row. To be called in a transaction.
   */
  empty(table: string): void {
    const definitions = this.all<{ sql: string }>(
      "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY rowid",
      table,
    );
    this.run(`DROP TABLE ${table}`);
    for (const { sql } of definitions) this.run(sql);
  }

  /** Runs `change` in one transaction: a throw undoes all of it. It must not be async. */
  transaction<T>(change: () => T extends Promise<unknown> ? never : T): T {
    try {
      return this.#storage.transactionSync<T>(change as () => T);
    } catch (error) {
      this.#undone += 1;
      throw error;
    }
  }

  /** Changes with each transaction that was undone. */
  get undone(): number {
    return this.#undone;
  }

  /**
   * Deletes everything, the alarm included, and begins anew with what `write` writes. Unlike rows
   * that are deleted, nothing of the old stays readable in the file. Nothing awaits between the two,
   * but a process that is killed there leaves an empty object (tried; a transaction around both
   * changes nothing): whoever calls this must be able to tell it from one that never was.
   */
  beginAnew(write: () => void): void {
    void this.#storage.deleteAll();
    this.#ready = false;
    this.#undone += 1;
    this.migrate();
    this.transaction(write);
  }

  /** True once something was ever written. Creates nothing, so reads of unknown names may ask. */
  exists(): boolean {
    if (!this.#ready) {
      const table = this.one("SELECT 1 FROM sqlite_master WHERE name = 'schema_version'");
      if (table === null) return false;
      this.migrate();
    }
    return true;
  }

  /**
   * Applies what is missing of the migrations, in order, in one transaction. To be called before
   * an object's first write. Throws on a schema that is newer than this code.
   */
  migrate(): void {
    if (this.#ready) return;
    this.transaction(() => {
      this.run("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)");
      const row = this.one<{ version: number }>("SELECT version FROM schema_version");
      const version = row?.version ?? 0;
      if (version > this.#migrations.length) {
        throw new Error(`schema ${version} is newer than this code (${this.#migrations.length})`);
      }
      if (version === this.#migrations.length) return;
      const { whole } = this.#options;
      const missing =
        row === null && whole !== undefined
          ? [whole]
          : this.#migrations.slice(version).map(({ sql }) => sql);
      for (const sql of missing) this.#storage.sql.exec(sql);
      this.run(
        row === null
          ? "INSERT INTO schema_version (version) VALUES (?)"
          : "UPDATE schema_version SET version = ?",
        this.#migrations.length,
      );
    });
    this.#ready = true;
    this.#options.onReady?.();
  }

  /**
   * Names of the tables, views and indexes that are not as `expected` has them, the text of the
   * object's `schema.sql`. Empty where nothing was ever written.
   */
  schemaDifferences(expected: string): string[] {
    return this.exists() ? schemaDifferences(this.all<SchemaRow>(SCHEMA_QUERY), expected) : [];
  }
}
