/**
 * The table `blocks`: what is known of each 128 numbers in a row, in place of an index over times
 * and kinds, which would cost a row with each item. Items lie nearly in the order of their times, so
 * a question about a time concerns few blocks. Times of a block may be too wide, never too narrow.
 *
 * Blocks are made in order, once all of their numbers are given; the newest numbers are in none.
 */
import type { ItemKind } from "../../../contract/vocabulary.ts";
import type { Database } from "../../../platform/database.ts";
import { type View, visibleWhole } from "./visible.ts";

/** As in the comment of the migration. */
const BLOCK_ITEMS = 128;
/** Blocks that one change makes at most: a delivery rarely fills one, a backfill's slice four. */
const BLOCKS_PER_CHANGE = 4;

const KINDS = { observation: "observations", summary: "summaries", prompt: "prompts" } as const;

/** Numbers from `from` to `to`, both included. */
export interface Stretch {
  from: number;
  to: number;
}

/** A stretch and the times between which its items lie, ms. */
export interface TimedStretch extends Stretch {
  firstAt: number;
  lastAt: number;
}

const blockOf = (n: number) => Math.floor(n / BLOCK_ITEMS);

function stretchOf(block: number): Stretch {
  const from = block * BLOCK_ITEMS;
  return { from, to: from + BLOCK_ITEMS - 1 };
}

/** The numbers that are in no block: all from the end of the last one. */
export function newestStretch(db: Database): Stretch {
  const sql = "SELECT max(block) AS block FROM blocks /* statistics */";
  const last = db.one<{ block: number | null }>(sql)?.block ?? -1;
  return { from: (last + 1) * BLOCK_ITEMS, to: Number.MAX_SAFE_INTEGER };
}

/** How many items of each kind are in blocks. */
export function countsOfBlocks({ db, reader }: View): Record<ItemKind, number> {
  const sums = Object.entries(KINDS).map(
    ([kind, column]) => `coalesce(sum(${column}), 0) AS ${kind}`,
  );
  const sql = `SELECT ${sums.join(", ")} FROM blocks WHERE ${visibleWhole(reader)}`;
  return db.one<Record<ItemKind, number>>(sql) ?? { observation: 0, summary: 0, prompt: 0 };
}

/** The blocks that may hold items of a time from `since` to `until`, in no order. */
export function blocksWithin(db: Database, since: number, until: number): TimedStretch[] {
  return db
    .all<{ block: number; firstAt: number; lastAt: number }>(
      `SELECT block, first_at AS firstAt, last_at AS lastAt FROM blocks
       WHERE last_at >= ? AND first_at <= ? /* statistics */`,
      since,
      until,
    )
    .map(({ block, firstAt, lastAt }) => ({ ...stretchOf(block), firstAt, lastAt }));
}

/**
 * Makes the next blocks that are full, where the highest number given is `last`. Returns the last
 * number of them; null where none is full.
 */
export function makeBlocks(db: Database, last: number): number | null {
  const first = blockOf(newestStretch(db).from);
  const end = Math.min(blockOf(last + 1), first + BLOCKS_PER_CHANGE);
  for (let block = first; block < end; block += 1) writeBlock(db, block);
  return first < end ? stretchOf(end - 1).to : null;
}

function writeBlock(db: Database, block: number): void {
  const { from, to } = stretchOf(block);
  const counts = Object.keys(KINDS).map((kind) => `count(*) FILTER (WHERE kind = '${kind}')`);
  db.run(
    `INSERT OR REPLACE INTO blocks (block, first_at, last_at, ${Object.values(KINDS).join(", ")})
     SELECT ?, min(created_at), max(created_at), ${counts.join(", ")}
     FROM items WHERE n BETWEEN ? AND ?`,
    block,
    from,
    to,
  );
}

/** To be called after items were removed: their blocks are made anew. */
export function noteRemovedItems(db: Database, numbers: readonly number[]): void {
  const made = newestStretch(db).from;
  const blocks = new Set(numbers.filter((n) => n < made).map(blockOf));
  for (const block of blocks) writeBlock(db, block);
}

/** To be called after an item was inserted that has not the highest number. */
export function noteArrivedItem(db: Database, n: number, kind: ItemKind, at: number): void {
  const count = KINDS[kind];
  db.run(
    `UPDATE blocks SET ${count} = ${count} + 1,
       first_at = min(coalesce(first_at, ?2), ?2), last_at = max(coalesce(last_at, ?2), ?2)
     WHERE block = ?1`,
    blockOf(n),
    at,
  );
}

/** To be called after an item's time was set to an earlier one. */
export function noteEarlierItem(db: Database, n: number, at: number): void {
  db.run("UPDATE blocks SET first_at = ?2 WHERE block = ?1 AND first_at > ?2", blockOf(n), at);
}
