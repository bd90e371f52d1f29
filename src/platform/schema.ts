/**
 * A database's schema as text, and how two of them differ. Pure.
 *
 * What stands in `sqlite_master` is compared with what the migrations make, statement by statement
 * and not by a hash: the expected text is in the repository (`migrations/<object>/schema.sql`, made
 * by `npm run schema`), so a change shows in review, and a difference can be named. It cannot be
 * computed at run time, because an object has no second database to apply its migrations to.
 */

/** One row of `sqlite_master` that has a statement. */
export interface SchemaRow {
  name: string;
  sql: string;
}

/** Reads the rows that the functions below take, in the order in which they were made. */
export const SCHEMA_QUERY =
  "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid";

/** The tables that FTS5 keeps behind each of its own: https://www.sqlite.org/fts5.html, section 9. */
const SHADOW_TABLE = /_(?:data|idx|content|docsize|config)$/;

/** True for a full-text table. */
export function isVirtualTable({ sql }: SchemaRow): boolean {
  return /^CREATE VIRTUAL TABLE/i.test(sql);
}

/** What was made by statements: without the runtime's own tables and those behind FTS5's. */
export function statedSchema(rows: readonly SchemaRow[]): SchemaRow[] {
  const virtual = new Set(rows.filter(isVirtualTable).map(({ name }) => name));
  const isShadow = (name: string) =>
    SHADOW_TABLE.test(name) && virtual.has(name.replace(SHADOW_TABLE, ""));
  return rows.filter(({ name }) => !name.startsWith("_cf_") && !isShadow(name));
}

/** The table in which database.ts counts the migrations, and which no migration makes. */
const VERSION_TABLE = "schema_version";

const QUOTED = /'(?:[^']|'')*'|"(?:[^"]|"")*"/;
const GAP = /(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)/;
const TOKEN = new RegExp(
  `${QUOTED.source}|${GAP.source}*([(),])${GAP.source}*|${GAP.source}+`,
  "g",
);

/** A statement on one line: without comments, with single spaces, none beside brackets and commas. */
function normaliseStatement(sql: string): string {
  return sql
    .replace(TOKEN, (token, punctuation: string | undefined) => {
      if (punctuation !== undefined) return punctuation;
      return QUOTED.test(token) ? token : " ";
    })
    .replace(/;$/, "")
    .trim();
}

/**
 * The text of `schema.sql`: each statement on a line of its own, in the order of their names, tables
 * before what stands on them.
 */
export function writeSchema(rows: readonly SchemaRow[]): string {
  return statedSchema(rows)
    .filter(({ name }) => name !== VERSION_TABLE)
    .map(({ sql }) => `${normaliseStatement(sql)};\n`)
    .sort((a, b) => Number(isOnTable(a)) - Number(isOnTable(b)) || (a < b ? -1 : 1))
    .join("");
}

/** True for an index, a view, a trigger, or a virtual table, which may read one. */
function isOnTable(statement: string): boolean {
  return !/^CREATE TABLE/i.test(statement);
}

/** `CREATE … TABLE items(…` → items; an index is named by its table as well. */
const NAME = /^CREATE (?:VIRTUAL |UNIQUE )*(TABLE|INDEX|VIEW|TRIGGER) "?(\w+)"?(?: ON (\w+))?/i;

function label(statement: string): string {
  const [, kind = "", name = statement, table] = NAME.exec(statement) ?? [];
  return table === undefined ? name : `${table} (${kind.toLowerCase()} ${name})`;
}

/**
 * Names of the tables, views and indexes that differ between what stands in a database and the
 * text of `schema.sql`: changed, missing, or made by nobody's migration. Each once, in order.
 */
export function schemaDifferences(rows: readonly SchemaRow[], expected: string): string[] {
  const wanted = new Set(expected.split("\n").filter((line) => line !== ""));
  const found = new Set(
    writeSchema(rows)
      .split("\n")
      .filter((line) => line !== ""),
  );
  const differing = [
    ...[...wanted].filter((line) => !found.has(line)),
    ...[...found].filter((line) => !wanted.has(line)),
  ];
  return [...new Set(differing.map(label))].sort();
}
