/**
 * Changes of old items that are too many for a migration. The migration makes what is new (a
 * nullable column, an empty table) and a row in `backfills`; the object's alarm then takes slices
 * until no item is left. New items are written in the new shape from the start, so each slice is
 * done for good, and readers take both shapes meanwhile.
 */
import type { Database } from "../../platform/database.ts";
import { log } from "../../platform/log.ts";
import { composed } from "../../platform/text-form.ts";
import { isMereActivity } from "./apply/mere-activity.ts";
import { closeBackfill, noteBackfill, openBackfills } from "./store/backfills.ts";
import { makeBlocks } from "./store/blocks.ts";
import {
  lastNumber,
  observationsWithoutActivity,
  replaceTexts,
  setActivity,
  textsOfItems,
} from "./store/items.ts";
import { composedContent, splitWordsOf } from "./store/new-item.ts";

/** Items of one slice: about as long as one search, so that no hook waits (bench:backfill). */
export const BACKFILL_SLICE_ITEMS = 500;
/** Between two slices other calls of the object have their turn. */
export const BACKFILL_PAUSE_MS = 250;
/** A slice that failed is tried again after this: the fault is ours and will not pass quickly. */
const BACKFILL_RETRY_MS = 10 * 60_000;

/**
 * Changes the items above `after` in the order of their numbers, at most `limit`. Returns the last
 * number that it looked at, or null where no item is left.
 */
type Slice = (db: Database, after: number, limit: number) => number | null;

/** By the name that stands in the table; a name is never used for anything else again. */
const SLICES: Readonly<Record<string, Slice>> = {
  activity: sliceOfActivity,
  scripts: sliceOfScripts,
  blocks: (db) => makeBlocks(db, lastNumber(db)),
};

function sliceOfActivity(db: Database, after: number, limit: number): number | null {
  const { observations, last } = observationsWithoutActivity(db, after, limit);
  const numbers = (activity: boolean) =>
    observations.filter((one) => isMereActivity(one) === activity).map(({ n }) => n);
  setActivity(db, numbers(true), true);
  setActivity(db, numbers(false), false);
  return last;
}

/** Items whose text is ASCII alone are as they would be written today. */
function sliceOfScripts(db: Database, after: number, limit: number): number | null {
  const { items, last } = textsOfItems(db, after, limit);
  for (const { n, kind, content, splitWords, indexText, branch } of items) {
    const texts = {
      content: composedContent(content),
      indexText: composed(indexText),
      branch: branch === null ? null : composed(branch),
    };
    const today = { ...texts, splitWords: splitWordsOf(kind, texts.content, texts.indexText) };
    const before = { content, indexText, branch, splitWords };
    if (JSON.stringify(today) !== JSON.stringify({ ...today, ...before })) {
      replaceTexts(db, n, today);
    }
  }
  return last;
}

/**
 * Takes one slice of the first backfill that is open, and notes how far it came, in one
 * transaction. Returns after how many ms there is more to do; null where nothing is left. Never
 * throws, because the platform drops an alarm that fails six times in a row.
 */
export function backfillSlice(db: Database): number | null {
  const [open] = openBackfills(db);
  if (open === undefined) return null;
  const { name, doneTo } = open;
  try {
    return db.transaction(() => {
      const last = SLICES[name]?.(db, doneTo, BACKFILL_SLICE_ITEMS) ?? null;
      if (last !== null) {
        noteBackfill(db, name, last);
        return BACKFILL_PAUSE_MS;
      }
      closeBackfill(db, name);
      log("info", "backfill_done", { backfill: name, items: doneTo });
      return openBackfills(db).length === 0 ? null : BACKFILL_PAUSE_MS;
    });
  } catch (error) {
    log("error", "backfill_failed", { backfill: name, after: doneTo }, error);
    return BACKFILL_RETRY_MS;
  }
}
