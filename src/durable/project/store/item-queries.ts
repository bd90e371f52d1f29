/**
 * Reading the table `items` for somebody: every statement asks whether its rows may be seen, counts
 * and neighbours included.
 */
import type { Filters } from "../../../contract/params.ts";
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
  if (before !== null) {
    clauses.push("i.n < ?");
    values.push(before);
  }
  const where = clauses.length === 0 ? "1" : clauses.join(" AND ");
  return selectItems(view, { where, rest: "ORDER BY i.n DESC LIMIT ?" }, ...values, limit);
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
export function countKinds({ db, reader }: View): Record<string, number> {
  const rows = db.all<{ kind: string; count: number }>(
    `SELECT kind, count(*) AS count FROM items WHERE ${visible(reader)} GROUP BY kind`,
  );
  return Object.fromEntries(rows.map((row) => [row.kind, row.count]));
}

/** Time of the newest item, or null. */
export function newestTime({ db, reader }: View): number | null {
  const row = db.one<{ at: number | null }>(
    `SELECT max(created_at) AS at FROM items WHERE ${visible(reader)}`,
  );
  return row?.at ?? null;
}

/** Items next to a point in time, the nearest first; equal times are told apart by number. */
export function neighbours(
  view: View,
  at: { created_at: number; n: number },
  side: "before" | "after",
  limit: number,
): ItemRow[] {
  const [compare, order] = side === "before" ? ["<", "DESC"] : [">", "ASC"];
  return selectItems(
    view,
    {
      where: `(created_at, n) ${compare} (?, ?)`,
      rest: `ORDER BY created_at ${order}, n ${order} LIMIT ?`,
    },
    at.created_at,
    at.n,
    limit,
  );
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
