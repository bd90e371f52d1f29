/** Taking another project over: the table `arrivals`. Each function is one transaction. */
import type { Database } from "../../../platform/database.ts";
import { lastNumber, skipNumbers } from "../store/items.ts";
import type { MovingRow } from "../store/moving.ts";
import { STORES } from "./stores.ts";

/** A part of one store, as a project hands it over. */
export interface Slice {
  /** Number of the project that it comes from. */
  from: number;
  /** Counts its slices. */
  slice: number;
  table: string;
  rows: MovingRow[];
}

/**
 * Keeps numbers free for all items of the project `from`, whose highest is `last`. Returns what is
 * added to each. May be repeated: says the same again.
 */
export function beginArrival(db: Database, from: number, last: number): number {
  return db.transaction(() => {
    const known = db.one<{ shift: number }>(
      "SELECT shift FROM arrivals WHERE from_number = ?",
      from,
    );
    if (known !== null) return known.shift;
    const shift = lastNumber(db);
    skipNumbers(db, shift + last);
    db.run("INSERT INTO arrivals (from_number, shift, slice) VALUES (?, ?, 0)", from, shift);
    return shift;
  });
}

/** Takes a slice over, once: one that came before, in whatever life of the sender, is ignored. */
export function takeSlice(db: Database, { from, slice, table, rows }: Slice): void {
  db.transaction(() => {
    const known = db.one<{ shift: number; slice: number }>(
      "SELECT shift, slice FROM arrivals WHERE from_number = ?",
      from,
    );
    if (known === null) throw new Error("nothing was announced of this project");
    if (slice <= known.slice) return;
    const store = STORES.find((one) => one.table === table);
    if (store === undefined) throw new Error(`no rows of ${table} are taken over here`);
    for (const row of rows) store.take(db, row, known.shift);
    db.run("UPDATE arrivals SET slice = ? WHERE from_number = ?", slice, from);
  });
}
