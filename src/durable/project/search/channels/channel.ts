/** One way of searching: what it is asked, and what it proposes. */

import type { Filters } from "../../../../contract/params.ts";
import type { View } from "../../store/visible.ts";
import { type ParsedQuery, quoteMatch } from "../query.ts";
import type { TermStatistics } from "../term-statistics.ts";

/** How many items a channel proposes at most. */
export const CANDIDATES = 60;

/** A query with what the project knows of its words. */
export interface AskedQuery {
  view: View;
  parsed: ParsedQuery;
  filters: Filters;
  words: TermStatistics;
  /** The MATCH expression of the words and phrases; null where there are none that could match. */
  match: string | null;
  /** For each word that stands nowhere, those that are spelt like it. */
  similar: ReadonlyMap<string, string[]>;
}

export interface Channel {
  /** As results name it. */
  name: string;
  /** How much a proposal counts beside those of other channels. */
  weight: number;
  /** How slowly the worth of its ranks falls off; left out: as fuse.ts has it. */
  damping?: number;
  /** Numbers of items, best first; null where the channel has nothing to do with such a query. */
  find(query: AskedQuery): number[] | null;
}

/** A channel's own MATCH expression, with what the query requires and excludes. */
export function restrictMatch(parsed: ParsedQuery, match: string): string {
  const required = parsed.phrases.map((phrase) => ` AND ${quoteMatch(phrase)}`).join("");
  const excluded = parsed.excluded.map(quoteMatch).join(" OR ");
  return excluded === "" ? `(${match})${required}` : `((${match})${required}) NOT (${excluded})`;
}
