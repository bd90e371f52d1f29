/** An object's database as SQL that another object's storage takes. */
import { DatabaseSync } from "node:sqlite";
import {
  isVirtualTable,
  SCHEMA_QUERY,
  type SchemaRow,
  statedSchema,
} from "../../src/platform/schema.ts";

/** The first row of a statement, or undefined: also where the database lacks the table. */
export function readRow(file: string, sql: string): Record<string, unknown> | undefined {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    return db.prepare(sql).get();
  } catch {
    return undefined;
  } finally {
    db.close();
  }
}

/**
 * The schema in the order in which it was made, and all rows. The runtime's own tables are left
 * out. A full-text table's shadow tables may not be written to, so both indexes are built anew by
 * the last lines; before, their own check tells that they say exactly what the items say, so the
 * new ones find the same. Throws where they differ.
 */
export function dumpDatabase(file: string): string {
  const db = new DatabaseSync(file);
  try {
    const rows = db.prepare(SCHEMA_QUERY).all() as unknown as SchemaRow[];
    const lines: string[] = [];
    const indexes: string[] = [];
    for (const row of statedSchema(rows)) {
      const { name, sql } = row;
      lines.push(`${sql};`);
      if (HAS_NO_ROWS.test(sql)) continue;
      if (isVirtualTable(row)) {
        db.exec(`INSERT INTO ${name} (${name}, rank) VALUES ('integrity-check', 1)`);
        lines.push(...options(db, name));
        indexes.push(`INSERT INTO ${name} (${name}) VALUES ('rebuild');`);
      } else if (/^CREATE TABLE/i.test(sql)) {
        lines.push(...inserts(db, name));
      }
    }
    return `${[...lines, ...indexes].join("\n")}\n`;
  } finally {
    db.close();
  }
}

/** A virtual table that only shows what an index holds. */
const HAS_NO_ROWS = /^CREATE VIRTUAL TABLE \w+ USING fts5vocab\b/i;

/** What a full-text table was set to, beside the version of its own format. */
function options(db: DatabaseSync, name: string): string[] {
  return db
    .prepare(`SELECT k, v FROM ${name}_config WHERE k <> 'version' ORDER BY k`)
    .all()
    .map(
      ({ k, v }) => `INSERT INTO ${name} (${name}, rank) VALUES (${literal(k)}, ${literal(v)});`,
    );
}

function inserts(db: DatabaseSync, table: string): string[] {
  return db
    .prepare(`SELECT * FROM ${table}`)
    .all()
    .map((row) => {
      const columns = Object.keys(row).join(", ");
      const values = Object.values(row).map(literal).join(", ");
      return `INSERT INTO ${table} (${columns}) VALUES (${values});`;
    });
}

function literal(value: unknown): string {
  if (value === null) return "NULL";
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return `'${value.replaceAll("'", "''")}'`;
  if (value instanceof Uint8Array) return `X'${Buffer.from(value).toString("hex")}'`;
  throw new Error(`a value of type ${typeof value} is not dumped`);
}
