/** One page of a list whose rows are numbered, the newest first. */

/**
 * `rows` hold one more than the page where there is a further one. `next` is the number that the
 * following page begins below, as text; null on the last.
 */
export function pageOfRows<Row extends { n: number }, Shown>(
  rows: readonly Row[],
  limit: number,
  show: (row: Row) => Shown,
): { items: Shown[]; next: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(show),
    next: rows.length > limit && last !== undefined ? String(last.n) : null,
  };
}
