/** The log of one session. */
import { sessionPath } from "../../memory/session-name.ts";
import { createLog, type Log } from "../../platform/log.ts";
import type { SessionRow } from "./session-row.ts";

/** A log whose lines name the session, its team, and the project that it belongs to now. */
export function sessionLog(row: SessionRow): Log {
  return createLog({ team: row.team, session: sessionPath(row), project: row.project });
}
