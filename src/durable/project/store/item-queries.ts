/**
 * Reading the table `items` for somebody: every statement asks whether its rows may be seen, counts
 * and neighbours included.
 */
import type { Filters } from "../../../contract/params.ts";
import type { ItemKind } from "../../../contract/vocabulary.ts";
import type { Database } from "../../../platform/database.ts";
import {
  blocksWithin,
  countsOfBlocks,
  newestStretch,
  type Stretch,
  type TimedStretch,
} from "./blocks.ts";
import { filterCondition } from "./filters.ts";
import { type ItemRow, selectItems } from "./item-row.ts";
import { numbersOfSessions } from "./sessions.ts";
import { type View, visible } from "./visible.ts";

/**
 * The number of the newest item or open point; 0 where there is none. About how many there are, if
 * none was deleted.
 */
export function newestNumber({ db, reader }: View): number {
  const newest = (table: string) =>
    `coalesce((SELECT max(n) FROM ${table} WHERE ${visible(reader)}), 0)`;
  return (
    db.one<{ n: number }>(`SELECT max(${newest("items")}, ${newest("open_points")}) AS n`)?.n ?? 0
  );
}

export function readItem(view: View, n: number): ItemRow | null {
  return readItems(view, [n])[0] ?? null;
}

/** The items of these numbers that exist, in the order of the numbers given. */
export function readItems(view: View, numbers: readonly number[]): ItemRow[] {
  if (numbers.length === 0) return [];
  const where = "i.n IN (SELECT value FROM json_each(?))";
  const rows = selectItems(view, { where }, JSON.stringify(numbers));
  const byNumber = new Map(rows.map((row) => [row.n, row]));
  return numbers.flatMap((n) => byNumber.get(n) ?? []);
}

/** Newest first, below `before` where it is given. */
export function listItems(
  view: View,
  filters: Filters,
  before: number | null,
  limit: number,
): ItemRow[] {
  const { clauses, values } = filterCondition(filters);
  const where = ["i.n BETWEEN ? AND ?", ...clauses].join(" AND ");
  const rest = "ORDER BY i.n DESC LIMIT ?";
  const found: ItemRow[] = [];
  for (const { from, to } of stretchesWithin(view.db, filters)) {
    const end = before === null ? to : Math.min(to, before - 1);
    const left = limit - found.length;
    if (left > 0 && from <= end)
      found.push(...selectItems(view, { where, rest }, from, end, ...values, left));
  }
  return found;
}

/** Where items of the time that is asked for may be: the newest numbers first. */
function stretchesWithin(db: Database, { since, until }: Filters): Stretch[] {
  const newest = newestStretch(db);
  if (since === undefined && until === undefined) return [{ ...newest, from: 0 }];
  const blocks = blocksWithin(db, since ?? 0, until ?? Number.MAX_SAFE_INTEGER);
  if (blocks.length === 0) return [newest];
  const from = Math.min(...blocks.map((block) => block.from));
  const to = Math.max(...blocks.map((block) => block.to));
  return to + 1 === newest.from ? [{ ...newest, from }] : [newest, { from, to }];
}

/** The newest items that stay worth knowing whatever their age, and are no history. */
export function evergreenItems(view: View, limit: number): ItemRow[] {
  return selectItems(
    view,
    {
      hint: "INDEXED BY items_standing",
      where: "standing = 1 AND superseded_by IS NULL AND withdrawn IS NULL",
      rest: "ORDER BY n DESC LIMIT ?",
    },
    limit,
  );
}

/** The newest summaries. */
export function newestSummaries(view: View, limit: number): ItemRow[] {
  return selectItems(
    view,
    {
      hint: "INDEXED BY items_summaries",
      where: "kind = 'summary'",
      rest: "ORDER BY n DESC LIMIT ?",
    },
    limit,
  );
}

/** For each number, how often it was observed: itself, its first and all of that one's repeats. */
export function repeatGroups({ db, reader }: View, firsts: number[]): Map<number, number[]> {
  if (firsts.length === 0) return new Map();
  const rows = db.all<{ n: number; first: number }>(
    `SELECT n, repeats AS first FROM items
     WHERE ${visible(reader)} AND repeats IN (SELECT value FROM json_each(?)) ORDER BY n DESC`,
    JSON.stringify(firsts),
  );
  const groups = new Map<number, number[]>();
  for (const { n, first } of rows) groups.set(first, [...(groups.get(first) ?? []), n]);
  return groups;
}

/** How many items there are of each kind. */
export function countKinds({ db, reader }: View): Record<ItemKind, number> {
  const newest = newestStretch(db).from;
  const rows = db.all<{ kind: ItemKind; count: number }>(
    `SELECT kind, count(*) AS count FROM items WHERE ${visible(reader)} AND n >= ? GROUP BY kind`,
    newest,
  );
  const counts = countsOfBlocks({ db, reader });
  for (const { kind, count } of rows) counts[kind] += count;
  return counts;
}

/** Time of the newest item, or null. */
export function newestTime(view: View): number | null {
  const end = { created_at: Number.MAX_SAFE_INTEGER, n: Number.MAX_SAFE_INTEGER };
  return nearest(view, end, "before", 1)[0]?.created_at ?? null;
}

/** Items next to a point in time, the nearest first; equal times are told apart by number. */
export function neighbours(
  view: View,
  at: PointInTime,
  side: "before" | "after",
  limit: number,
): ItemRow[] {
  return readItems(
    view,
    nearest(view, at, side, limit).map(({ n }) => n),
  );
}

/** A time in ms; items of the same time are told apart by their numbers. */
interface PointInTime {
  created_at: number;
  n: number;
}

/**
 * The items next to a point in time, the nearest first. Block after block, the nearest edge first,
 * until no other can hold a nearer one.
 */
function nearest(
  { db, reader }: View,
  at: PointInTime,
  side: "before" | "after",
  limit: number,
): PointInTime[] {
  if (limit === 0) return [];
  const isBefore = side === "before";
  const [compare, order, sign] = isBefore ? ["<", "DESC", -1] : [">", "ASC", 1];
  const nearer = (a: PointInTime, b: PointInTime) =>
    sign * (a.created_at - b.created_at || a.n - b.n);
  const edge = (block: TimedStretch) => sign * (isBefore ? block.lastAt : block.firstAt);
  const blocks = isBefore
    ? blocksWithin(db, 0, at.created_at)
    : blocksWithin(db, at.created_at, Number.MAX_SAFE_INTEGER);
  const newest = { ...newestStretch(db), firstAt: 0, lastAt: Number.MAX_SAFE_INTEGER };
  let found: PointInTime[] = [];
  for (const block of [newest, ...blocks.sort((a, b) => edge(a) - edge(b))]) {
    const farthest = found.at(limit - 1);
    if (farthest !== undefined && edge(block) > sign * farthest.created_at) break;
    const inBlock = db.all<PointInTime>(
      `SELECT n, created_at FROM items
       WHERE ${visible(reader)} AND n BETWEEN ? AND ? AND (created_at, n) ${compare} (?, ?)
       ORDER BY created_at ${order}, n ${order} LIMIT ?`,
      block.from,
      block.to,
      at.created_at,
      at.n,
      limit,
    );
    found = [...found, ...inBlock].sort(nearer).slice(0, limit);
  }
  return found;
}

/** First and last item of a session, by time. */
export function sessionBorders(
  { db, reader }: View,
  session: string,
): { first: number | null; last: number | null } {
  const at = (order: "ASC" | "DESC") =>
    db.one<{ n: number }>(
      `SELECT n FROM items WHERE ${visible(reader)} AND n IN (${numbersOfSessions("= ?")})
       ORDER BY created_at ${order}, n ${order} LIMIT 1`,
      session,
    )?.n ?? null;
  return { first: at("ASC"), last: at("DESC") };
}
