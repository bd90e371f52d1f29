/** Who did what that cannot be undone: the only module that touches the table `audit`. */
import type { AuditAction } from "../../contract/vocabulary.ts";
import type { Database } from "../../platform/database.ts";
import { plain, Table } from "../../platform/table.ts";

/** Who does something, and with which key. */
export interface Doer {
  person: string;
  /** Id of the key. */
  key: string;
}

/** What somebody is about to do. Never any content. */
export interface Deed {
  action: AuditAction;
  /** What it is done to: an id, or a name. */
  target: string;
}

export interface AuditRow extends Doer, Deed {
  n: number;
  /** ms since the epoch. */
  at: number;
}

/** Longer than any id or name. */
const TARGET_MAX_CHARS = 600;

/** To be called in the transaction of what is done, or before it is. */
export function record(db: Database, doer: Doer, { action, target }: Deed, at: number): void {
  const { person, key } = doer;
  auditOf(db).insert({ at, person, key, action, target: target.slice(0, TARGET_MAX_CHARS) });
}

/** At most `limit` rows below the number `before`, or from the newest on (null). */
export function auditRows(db: Database, before: number | null, limit: number): AuditRow[] {
  const below = before ?? Number.MAX_SAFE_INTEGER;
  return auditOf(db).all("WHERE n < ? ORDER BY n DESC LIMIT ?", below, limit);
}

function auditOf(db: Database): Table<AuditRow> {
  return new Table<AuditRow>(db, "audit", {
    n: plain("n"),
    at: plain("at"),
    person: plain("person"),
    key: plain("key_id"),
    action: plain("action"),
    target: plain("target"),
  });
}
