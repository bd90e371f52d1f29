/** The table `items`: inserting, removing, reading. SQL only; rules stand in the pure modules. */
import type { Concept, ObservationType } from "../../../memory/observation.ts";
import type { Database } from "../../../platform/database.ts";
import type { ActivityFacts } from "../apply/mere-activity.ts";
import type { Filters } from "../search/query.ts";
import { filterCondition } from "./filters.ts";
import {
  type ItemRow,
  itemTable,
  type Links,
  type NewItem,
  type Origin,
  type SummaryContent,
  selectItems,
} from "./item-row.ts";
import { addToIndex, removeFromIndex } from "./search-index.ts";
import { numbersOfSessions } from "./sessions.ts";

/**
 * The highest number that was given so far; 0 before the first. The newest item tells it; the
 * counter is only written where that one is removed, so that giving a number writes no row.
 */
export function lastNumber(db: Database): number {
  const row = db.one<{ last: number }>(
    `SELECT max(coalesce((SELECT max(n) FROM items), 0),
       coalesce((SELECT next_n FROM counter), 1) - 1) AS last`,
  );
  return row?.last ?? 0;
}

/** Remembers the highest number before items are removed: none is given twice. */
function keepLastNumber(db: Database, removed: readonly number[]): void {
  const last = lastNumber(db);
  if (removed.includes(last)) db.run("UPDATE counter SET next_n = ?", last + 1);
}

/** Inserts and indexes an item. Returns the rows written. */
export function insertItem(
  db: Database,
  n: number,
  item: NewItem,
  origin: Origin,
  links: Links,
): number {
  return itemTable(db).insert({ n, ...item, ...origin, ...links }) + addToIndex(db, n);
}

/** Replaces what a summary says; its number and its first time stay. */
export function updateSummary(
  db: Database,
  older: { n: number; created_at: number },
  item: NewItem,
  origin: Origin,
): void {
  const { n } = older;
  const created_at = Math.min(older.created_at, item.created_at);
  removeFromIndex(db, n);
  itemTable(db).update({ ...item, ...origin, created_at }, "WHERE n = ?", n);
  addToIndex(db, n);
}

/** Deletes items from the table and both indexes, and repairs the links of those that stay. */
export function removeItems(db: Database, numbers: number[]): void {
  keepLastNumber(db, numbers);
  for (const n of numbers) {
    removeFromIndex(db, n);
    db.run("DELETE FROM items WHERE n = ?", n);
  }
  for (const n of numbers) {
    passRepeatsOn(db, n);
    db.run("UPDATE items SET superseded_by = NULL WHERE superseded_by = ?", n);
    db.run("UPDATE items SET supersedes = NULL WHERE supersedes = ?", n);
  }
}

/** The oldest of the repeats of a removed observation takes its place as the first. */
function passRepeatsOn(db: Database, removed: number): void {
  const heir = db.one<{ n: number | null }>(
    "SELECT min(n) AS n FROM items WHERE repeats = ?",
    removed,
  )?.n;
  if (heir === null || heir === undefined) return;
  db.run("UPDATE items SET repeats = NULL WHERE n = ?", heir);
  db.run("UPDATE items SET repeats = ? WHERE repeats = ?", heir, removed);
}

export function markSuperseded(db: Database, n: number, by: number): void {
  db.run("UPDATE items SET superseded_by = ? WHERE n = ?", by, n);
}

export function readItem(db: Database, n: number): ItemRow | null {
  return readItems(db, [n])[0] ?? null;
}

/** The items of these numbers that exist, in the order of the numbers given. */
export function readItems(db: Database, numbers: readonly number[]): ItemRow[] {
  if (numbers.length === 0) return [];
  const rows = selectItems(
    db,
    "WHERE n IN (SELECT value FROM json_each(?))",
    JSON.stringify(numbers),
  );
  const byNumber = new Map(rows.map((row) => [row.n, row]));
  return numbers.flatMap((n) => byNumber.get(n) ?? []);
}

/** Newest first, below `before` where it is given. */
export function listItems(
  db: Database,
  filters: Filters,
  before: number | null,
  limit: number,
): ItemRow[] {
  const { clauses, values } = filterCondition(filters);
  if (before !== null) {
    clauses.push("i.n < ?");
    values.push(before);
  }
  const where = clauses.length === 0 ? "" : `WHERE ${clauses.join(" AND ")}`;
  return selectItems(db, `i ${where} ORDER BY i.n DESC LIMIT ?`, ...values, limit);
}

/** The newest items that stay worth knowing whatever their age, and are no history. */
export function evergreenItems(db: Database, limit: number): ItemRow[] {
  return selectItems(
    db,
    `INDEXED BY items_standing
     WHERE standing = 1 AND superseded_by IS NULL ORDER BY n DESC LIMIT ?`,
    limit,
  );
}

/** The newest summaries. */
export function newestSummaries(db: Database, limit: number): ItemRow[] {
  return selectItems(
    db,
    "INDEXED BY items_summaries WHERE kind = 'summary' ORDER BY n DESC LIMIT ?",
    limit,
  );
}

/** The summary of a turn, or null. */
export function summaryOfTurn(
  db: Database,
  session: string,
  promptNumber: number,
): { n: number; created_at: number; content: SummaryContent } | null {
  const [row] = selectItems(
    db,
    `WHERE n IN (${numbersOfSessions("= ?")}) AND prompt_number = ? AND kind = 'summary'`,
    session,
    promptNumber,
  );
  return row?.kind === "summary" ? row : null;
}

/** Numbers of everything that a session taught. */
export function numbersOfSession(db: Database, session: string): number[] {
  return db
    .all<{ n: number }>(`SELECT DISTINCT n FROM (${numbersOfSessions("= ?")})`, session)
    .map((row) => row.n);
}

/** Numbers of what these batches of a session brought. */
export function numbersOfBatches(db: Database, session: string, batches: number[]): number[] {
  return db
    .all<{ n: number }>(
      `SELECT n FROM items WHERE n IN (${numbersOfSessions("= ?")})
         AND batch IN (SELECT value FROM json_each(?))`,
      session,
      JSON.stringify(batches),
    )
    .map((row) => row.n);
}

/** Numbers of a session's items all of whose sources are among `keys`; with `any`, any of them. */
export function numbersOfSources(
  db: Database,
  session: string,
  keys: string[],
  any: boolean,
): number[] {
  const among = "json_each(items.content, '$.sources') s";
  const listed = "s.value IN (SELECT value FROM json_each(?2))";
  const condition = any
    ? `EXISTS (SELECT 1 FROM ${among} WHERE ${listed})`
    : `EXISTS (SELECT 1 FROM ${among}) AND NOT EXISTS (SELECT 1 FROM ${among} WHERE NOT ${listed})`;
  return db
    .all<{ n: number }>(
      `SELECT n FROM items WHERE n IN (${numbersOfSessions("= ?1")}) AND ${condition}`,
      session,
      JSON.stringify(keys),
    )
    .map((row) => row.n);
}

/** For each number, how often it was observed: itself, its first and all of that one's repeats. */
export function repeatGroups(db: Database, firsts: number[]): Map<number, number[]> {
  if (firsts.length === 0) return new Map();
  const rows = db.all<{ n: number; first: number }>(
    `SELECT n, repeats AS first FROM items
     WHERE repeats IN (SELECT value FROM json_each(?)) ORDER BY n DESC`,
    JSON.stringify(firsts),
  );
  const groups = new Map<number, number[]>();
  for (const { n, first } of rows) groups.set(first, [...(groups.get(first) ?? []), n]);
  return groups;
}

export function countKinds(db: Database): Record<string, number> {
  const rows = db.all<{ kind: string; count: number }>(
    "SELECT kind, count(*) AS count FROM items GROUP BY kind",
  );
  return Object.fromEntries(rows.map((row) => [row.kind, row.count]));
}

/** Time of the newest item, or null. */
export function newestTime(db: Database): number | null {
  return db.one<{ at: number | null }>("SELECT max(created_at) AS at FROM items")?.at ?? null;
}

/** Items next to a point in time, the nearest first; equal times are told apart by number. */
export function neighbours(
  db: Database,
  at: { created_at: number; n: number },
  side: "before" | "after",
  limit: number,
): ItemRow[] {
  const [compare, order] = side === "before" ? ["<", "DESC"] : [">", "ASC"];
  return selectItems(
    db,
    `WHERE (created_at, n) ${compare} (?, ?) ORDER BY created_at ${order}, n ${order} LIMIT ?`,
    at.created_at,
    at.n,
    limit,
  );
}

/** First and last item of a session, by time. */
export function sessionBorders(
  db: Database,
  session: string,
): { first: number | null; last: number | null } {
  const at = (order: "ASC" | "DESC") =>
    db.one<{ n: number }>(
      `SELECT n FROM items WHERE n IN (${numbersOfSessions("= ?")})
       ORDER BY created_at ${order}, n ${order} LIMIT 1`,
      session,
    )?.n ?? null;
  return { first: at("ASC"), last: at("DESC") };
}

/**
 * Among the next items above `after`, the observations of which nobody asked yet whether they are
 * mere activity. `last` is the number of the last item looked at; null where there is none.
 */
export function observationsWithoutActivity(
  db: Database,
  after: number,
  limit: number,
): { observations: (ActivityFacts & { n: number })[]; last: number | null } {
  const rows = db.all<{
    n: number;
    asked: number;
    provider: string;
    type: ObservationType;
    title: string;
    concepts: string;
    files_modified: string;
  }>(
    `SELECT n, kind <> 'observation' OR activity IS NOT NULL AS asked, provider, type,
       content ->> 'title' AS title, content -> 'concepts' AS concepts,
       content -> 'files_modified' AS files_modified
     FROM items WHERE n > ? ORDER BY n LIMIT ?`,
    after,
    limit,
  );
  const observations = rows
    .filter(({ asked }) => asked === 0)
    .map(({ n, provider, type, title, concepts, files_modified }) => ({
      n,
      provider,
      type,
      title,
      concepts: JSON.parse(concepts) as Concept[],
      files_modified: JSON.parse(files_modified) as string[],
    }));
  return { observations, last: rows.at(-1)?.n ?? null };
}

/** Notes of observations whether they are mere activity. */
export function setActivity(db: Database, numbers: readonly number[], activity: boolean): void {
  if (numbers.length === 0) return;
  db.run(
    "UPDATE items SET activity = ? WHERE n IN (SELECT value FROM json_each(?))",
    Number(activity),
    JSON.stringify(numbers),
  );
}
