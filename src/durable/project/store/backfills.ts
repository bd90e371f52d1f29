/** The table `backfills`: which changes of old items are not through, and how far they are. */
import type { Database } from "../../../platform/database.ts";

/** A backfill that is not through. */
export interface OpenBackfill {
  name: string;
  /** Items up to this number are done. */
  doneTo: number;
}

/** All of them, in the order of their names. */
export function openBackfills(db: Database): OpenBackfill[] {
  return db.all<OpenBackfill>("SELECT name, done_to AS doneTo FROM backfills ORDER BY name");
}

export function noteBackfill(db: Database, name: string, doneTo: number): void {
  db.run("UPDATE backfills SET done_to = ? WHERE name = ?", doneTo, name);
}

export function closeBackfill(db: Database, name: string): void {
  db.run("DELETE FROM backfills WHERE name = ?", name);
}
