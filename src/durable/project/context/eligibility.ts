/** What of the memory may be told to somebody who knows some of it, each thing once. */

import type { ContextAnswer } from "../../../contract/calls.ts";
import type { ProjectRef } from "../../../memory/delivery.ts";
import { composed } from "../../../platform/text-form.ts";
import { quoteMatch } from "../search/query.ts";
import { readItems, repeatGroups } from "../store/item-queries.ts";
import { filesOf, type ItemRow, type ObservationRow } from "../store/item-row.ts";
import { newestMatches } from "../store/search-index.ts";
import { itemId } from "../store/show-item.ts";
import type { View } from "../store/visible.ts";

/** Nothing to tell, up to the item of this number. */
export function nothingToTell(until: number): ContextAnswer {
  return { text: "", tokens: 0, observations: [], until };
}

/** What somebody knows already. */
export interface Known {
  project: ProjectRef;
  /** Only what has a higher number: what came after an earlier context. */
  since?: number;
  /** Ids that were given before. */
  exclude?: string[];
  /** The asking session's own memory is no news to it. */
  excludeSession?: string;
}

export function isObservation(row: ItemRow): row is ObservationRow {
  return row.kind === "observation";
}

/** Not history, no mere activity, not given before, not the asking session's own. */
export function isEligible(row: ItemRow, query: Known): boolean {
  if (row.superseded_by !== null || row.withdrawn !== null || row.activity === true) return false;
  if (query.since !== undefined && row.n <= query.since) return false;
  if (row.session === query.excludeSession) return false;
  return !(query.exclude ?? []).includes(itemId(query.project, row.n));
}

/** Of several that say the same, the newest, and how often it was seen. */
export function foldRepeats(view: View, rows: ObservationRow[]) {
  const byFirst = new Map<number, ObservationRow[]>();
  for (const row of rows) {
    const first = row.repeats ?? row.n;
    byFirst.set(first, [...(byFirst.get(first) ?? []), row]);
  }
  const groups = repeatGroups(view, [...byFirst.keys()]);
  return [...byFirst].flatMap(([first, same]) => {
    const row = same.reduce<ObservationRow | null>(
      (newest, one) => (newest === null || one.n > newest.n ? one : newest),
      null,
    );
    if (row === null) return [];
    const numbers = same.map(({ n }) => n);
    return [{ row, times: (groups.get(first)?.length ?? 0) + 1, numbers }];
  });
}

/** How many namesakes of a file are looked through. */
const NAMESAKES = 120;

/** The newest observations of a file, however its path was written. */
export function findByFile(view: View, file: string): ObservationRow[] {
  // Absolute or relative, the name at the end is the same; which of its namesakes it is, is seen then.
  const wanted = composed(file);
  const name = wanted.split(/[\\/]/).findLast((part) => part !== "") ?? "";
  return readItems(view, newestMatches(view, `files : ${quoteMatch(name)}`, NAMESAKES))
    .filter(isObservation)
    .filter((row) => filesOf(row).some((other) => isSamePath(other, wanted)));
}

/** One path is the end of the other: absolute and relative paths name the same file. */
export function isSamePath(a: string, b: string): boolean {
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  return long === short || long.endsWith(`/${short.replace(/^(?:\.?\/)+/, "")}`);
}
