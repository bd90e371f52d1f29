/** One way of searching: what it is asked, and what it adds to which items. */

import type { Filters } from "../../../../contract/params.ts";
import type { ItemFacts } from "../../store/postings.ts";
import type { View } from "../../store/visible.ts";
import type { LookedUp } from "../lookup.ts";
import type { ParsedQuery } from "../query.ts";

/** How many items are shown at most, of all channels together. */
export const CANDIDATES = 60;

/** Item number → what is added. */
export type Scores = ReadonlyMap<number, number>;

/** A query with what the project knows of its words. */
export interface AskedQuery {
  view: View;
  parsed: ParsedQuery;
  filters: Filters;
  words: LookedUp;
  /** The words that are spelt like those that stand nowhere. */
  similar: LookedUp;
  /** Of these items those that may be seen, with what scoring has to know of them. */
  facts(numbers: readonly number[]): ItemFacts[];
  /** Null where nothing is required, excluded and filtered; else those of the items that pass. */
  admit: ((numbers: readonly number[]) => number[]) | null;
}

export interface Channel {
  /** As results name it. */
  name: string;
  /**
   * What the channel adds, for items that may be seen; null where it has nothing to do with such a
   * query. `soFar` has what the channels before it found: one that is dear to ask scores the best of
   * those and the newest items, never the whole project.
   */
  score(query: AskedQuery, soFar: Scores): Scores | null;
}

/** The best of them, best first; equal ones newest first. */
export function bestOf(scores: Scores, most: number): number[] {
  return [...scores]
    .sort(([a, scoreA], [b, scoreB]) => scoreB - scoreA || b - a)
    .slice(0, most)
    .map(([n]) => n);
}
