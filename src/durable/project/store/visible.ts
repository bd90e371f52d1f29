/** Which items somebody may see: the one place that every reading statement asks. */
import type { Reader } from "../../../access/caller.ts";
import type { Database } from "../../../platform/database.ts";

/** The project's database, seen through somebody's eyes. What reads for a caller takes one. */
export interface View {
  readonly db: Database;
  /** Null where the object does work of its own, whose result nobody is shown. */
  readonly reader: Reader | null;
}

/** All there is, for the object's own work. */
export function everything(db: Database): View {
  return { db, reader: null };
}

/** The condition as SQL text. The comment lets a test see that a statement asked. */
const ALL = "1 /* visible */";

/**
 * SQL: whether the reader may see the item whose number the expression `n` is. Everybody in a team
 * sees everything.
 */
export function visible(_reader: Reader | null, _n = "n"): string {
  return ALL;
}

/**
 * SQL: whether the reader may see all items, so that counts of them may be told. Else they have to be
 * counted one by one.
 */
export function visibleWhole(_reader: Reader | null): string {
  return ALL;
}

/** SQL: whether the reader may know of the session that the expression `session` names. */
export function visibleSession(_reader: Reader | null, _session = "session"): string {
  return ALL;
}
