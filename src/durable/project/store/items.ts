/**
 * The table `items` as the object itself works on it: inserting, removing, finding what a delivery
 * concerns. SQL only; rules stand in the pure modules. `item-queries.ts` reads for callers.
 */
import type { Concept, ItemKind, ObservationType } from "../../../contract/vocabulary.ts";
import { type Database, overwritten } from "../../../platform/database.ts";
import type { ActivityFacts } from "../apply/mere-activity.ts";
import { noteArrivedItem, noteEarlierItem, noteRemovedItems } from "./blocks.ts";
import {
  itemTable,
  type Links,
  type NewItem,
  type ObservationContent,
  type Origin,
  type SummaryContent,
  selectItems,
  type Withdrawn,
} from "./item-row.ts";
import { insertRow, type MovingStore, shifted, shiftedBatch } from "./moving.ts";
import { noteRemoval } from "./removals.ts";
import { addToIndex, removeFromIndex } from "./search-index.ts";
import { isTakenBack, numbersOfSessions, TAUGHT } from "./sessions.ts";
import { everything } from "./visible.ts";

/**
 * The highest number that was given so far; 0 before the first. The newest item or open point tells
 * it; the counter is only written where that one is removed, so that giving a number writes no row.
 */
export function lastNumber(db: Database): number {
  const row = db.one<{ last: number }>(
    `SELECT max(coalesce((SELECT max(n) FROM items), 0),
       coalesce((SELECT max(n) FROM open_points), 0),
       coalesce((SELECT next_n FROM counter), 1) - 1) AS last`,
  );
  return row?.last ?? 0;
}

/** Remembers the highest number before items or open points are removed: none is given twice. */
export function keepLastNumber(db: Database, removed: readonly number[]): void {
  const last = lastNumber(db);
  if (removed.includes(last)) db.run("UPDATE counter SET next_n = ?", last + 1);
}

/** Numbers up to this one are taken from now on. */
export function skipNumbers(db: Database, last: number): void {
  db.run("UPDATE counter SET next_n = max(next_n, ?)", last + 1);
}

/** How items move to another project: with their links, and both indexes made anew there. */
export const movingItems: MovingStore = {
  table: "items",
  key: ["n"],
  sliceRows: 100,
  take(db, row, shift) {
    if (isTakenBack(db, row)) return;
    const moved = shifted(row, ["n", "repeats", "supersedes", "superseded_by"], shift);
    insertRow(db, "items", { ...moved, batch: shiftedBatch(row, shift) });
    addToIndex(db, Number(moved.n));
    noteArrivedItem(db, Number(moved.n), moved.kind as ItemKind, Number(moved.created_at));
  },
};

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
  noteEarlierItem(db, n, created_at);
}

/** Overwrites and deletes items, takes them out of both indexes, and repairs the links of those that stay. */
export function removeItems(db: Database, numbers: number[]): void {
  if (numbers.length === 0) return;
  noteRemoval(db);
  keepLastNumber(db, numbers);
  for (const n of numbers) {
    removeFromIndex(db, n);
    const columns = ["content", "split_words", "index_text"];
    const blank = columns.map((column) => `${column} = ${overwritten(column)}`).join(", ");
    db.run(`UPDATE items SET ${blank} WHERE n = ?`, n);
    db.run("DELETE FROM items WHERE n = ?", n);
  }
  noteRemovedItems(db, numbers);
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

/** Links an observation with the one that replaces it. */
export function markSuperseded(db: Database, n: number, by: number): void {
  db.run("UPDATE items SET superseded_by = ? WHERE n = ?", by, n);
  db.run("UPDATE items SET supersedes = ? WHERE n = ? AND supersedes IS NULL", n, by);
}

/** A decision as far as others on the same question ask. */
export interface StandingDecision {
  n: number;
  created_at: number;
  options: string[];
}

/** The decisions on a question that stand. */
export function standingDecisionsOn(db: Database, question: string): StandingDecision[] {
  return db
    .all<{ n: number; created_at: number; decides: string }>(
      `SELECT n, created_at, content -> 'decides' AS decides FROM items INDEXED BY items_standing
       WHERE standing = 1 AND superseded_by IS NULL AND withdrawn IS NULL
         AND content ->> '$.decides[0]' = ?`,
      question,
    )
    .map(({ n, created_at, decides }) => {
      const [, ...options] = JSON.parse(decides) as string[];
      return { n, created_at, options };
    });
}

/** An observation by the source that it names first. */
export interface FirstSource {
  n: number;
  source: string;
  title: string;
}

/** A session's observations whose most telling source is one of these events. */
export function observationsOfFirstSource(
  db: Database,
  session: string,
  keys: readonly string[],
): FirstSource[] {
  return db.all<FirstSource>(
    `SELECT n, content ->> '$.sources[0]' AS source, content ->> 'title' AS title FROM items
     WHERE n IN (${numbersOfSessions("= ?")}) AND kind = 'observation'
       AND source IN (SELECT value FROM json_each(?)) ORDER BY n`,
    session,
    JSON.stringify(keys),
  );
}

/** An observation no longer stands. */
export function withdrawItem(db: Database, n: number, withdrawn: Withdrawn): void {
  itemTable(db).update({ withdrawn }, "WHERE n = ?", n);
}

/** What these batches of a session withdrew stands again. */
export function standAgain(db: Database, session: string, batches: readonly number[]): void {
  db.run(
    `UPDATE items SET withdrawn = NULL WHERE n IN (${numbersOfSessions("= ?")})
       AND withdrawn ->> 'batch' IN (SELECT value FROM json_each(?))`,
    session,
    JSON.stringify(batches),
  );
}

/** The summary of a turn, or null. */
export function summaryOfTurn(
  db: Database,
  session: string,
  promptNumber: number,
): { n: number; created_at: number; content: SummaryContent } | null {
  const where = `n IN (${numbersOfSessions("= ?")}) AND prompt_number = ? AND kind = 'summary'`;
  const [row] = selectItems(everything(db), { where }, session, promptNumber);
  return row?.kind === "summary" ? row : null;
}

/** Numbers of everything that a session taught, and that its agent saved by hand. */
export function numbersOfSession(db: Database, session: string): number[] {
  return db
    .all<{ n: number }>(`SELECT DISTINCT n FROM (${numbersOfSessions("= ?")})`, session)
    .map((row) => row.n);
}

/** Numbers of everything that a session taught by itself. */
export function numbersTaught(db: Database, session: string): number[] {
  return db
    .all<{ n: number }>(
      `SELECT DISTINCT n FROM (${numbersOfSessions("= ?")} AND ${TAUGHT})`,
      session,
    )
    .map((row) => row.n);
}

/** Gives an item to a session. What the index knows of it stays as it is. */
export function assignItem(
  db: Database,
  n: number,
  to: Origin & { session: string; agent: string; content: ObservationContent },
): void {
  itemTable(db).update(to, "WHERE n = ?", n);
}

/** What kind of item each of these numbers is, in no order. */
export function kindsOfItems(db: Database, numbers: readonly number[]): ItemKind[] {
  return db
    .all<{ kind: ItemKind }>(
      "SELECT kind FROM items WHERE n IN (SELECT value FROM json_each(?))",
      JSON.stringify(numbers),
    )
    .map(({ kind }) => kind);
}

/** Times of the items of a stretch of numbers, ms. */
export function timesOfItems(db: Database, first: number, last: number): number[] {
  return db
    .all<{ at: number }>("SELECT created_at AS at FROM items WHERE n BETWEEN ? AND ?", first, last)
    .map(({ at }) => at);
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

/** What is searched of an item. */
export type ItemTexts = Pick<NewItem, "content" | "splitWords" | "indexText" | "branch">;

/**
 * Among the next items above `after`, those whose texts have more than ASCII. `last` is the number of
 * the last item looked at; null where there is none.
 */
export function textsOfItems(
  db: Database,
  after: number,
  limit: number,
): { items: (ItemTexts & Pick<NewItem, "kind"> & { n: number })[]; last: number | null } {
  const rows = itemTable(db).select(
    ["n", "kind", "content", "splitWords", "indexText", "branch"],
    "WHERE n > ? ORDER BY n LIMIT ?",
    after,
    limit,
  );
  const more = /[^\x20-\x7e]/;
  return {
    items: rows.filter(({ content, indexText, branch }) =>
      more.test(JSON.stringify([content, indexText.replace(/\s/g, " "), branch])),
    ),
    last: rows.at(-1)?.n ?? null,
  };
}

/** Replaces what is searched of an item, in the table and both indexes. */
export function replaceTexts(db: Database, n: number, texts: ItemTexts): void {
  removeFromIndex(db, n);
  itemTable(db).update(texts, "WHERE n = ?", n);
  addToIndex(db, n);
}
