/** Whether somebody may see a session: the one place that every reading method asks. */
import type { Reader } from "../../../access/caller.ts";

/** SQL: whether the reader may see the session. Everybody in a team sees everything. */
export function visible(_reader: Reader): string {
  return "1 /* visible */";
}
