/** Filters as SQL over the table `items`, aliased `i`. */

import type { Filters } from "../../../contract/params.ts";
import { composed } from "../../../platform/text-form.ts";
import { quoteMatch } from "../search/query.ts";
import { numbersOfSessions } from "./sessions.ts";

export interface Condition {
  /** Joined with AND; empty where there is no filter. */
  clauses: string[];
  values: (string | number)[];
}

/** Column of `items` for the filters that compare one. */
const EQUAL = { kind: "i.kind", type: "i.type", branch: "i.branch", actor: "i.actor" } as const;

export function filterCondition(filters: Filters): Condition {
  const clauses: string[] = [];
  const values: (string | number)[] = [];
  for (const [name, column] of Object.entries(EQUAL)) {
    const value = filters[name as keyof typeof EQUAL];
    if (value === undefined) continue;
    clauses.push(`${column} = ?`);
    values.push(composed(value));
  }
  if (filters.since !== undefined) {
    clauses.push("i.created_at >= ?");
    values.push(filters.since);
  }
  if (filters.until !== undefined) {
    clauses.push("i.created_at <= ?");
    values.push(filters.until);
  }
  if (filters.session !== undefined) {
    // A session is named with its agent or without.
    const whole = filters.session.includes("/");
    clauses.push(`i.n IN (${numbersOfSessions(whole ? "= ?" : SESSIONS_OF_ID)})`);
    values.push(filters.session);
  }
  if (filters.concept !== undefined) {
    clauses.push("EXISTS (SELECT 1 FROM json_each(i.content, '$.concepts') WHERE value = ?)");
    values.push(filters.concept);
  }
  if (filters.file !== undefined) {
    clauses.push("i.n IN (SELECT rowid FROM search WHERE search MATCH ?)");
    values.push(fileMatch(filters.file));
  }
  if (filters.activity === false) clauses.push("i.activity IS NOT 1");
  return { clauses, values };
}

/** Paths of which `file` is a part: whole names, the last one by its beginning. */
function fileMatch(file: string): string {
  return `files : ${quoteMatch(file)} *`;
}

/** SQL: the sessions of any agent that have this id. Reads each delivery's key, and no item. */
const SESSIONS_OF_ID = `IN (SELECT session FROM deliveries
  WHERE substr(session, instr(session, '/') + 1) = ?)`;
