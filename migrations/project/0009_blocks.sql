-- The index cost a row with each item. What it was for, these rows tell, one for 128 numbers: the
-- times between which the items of a block lie, and how many there are of each kind. The newest
-- numbers are in no block yet; what is missing of old items, the alarm makes: see backfill.ts.
DROP INDEX items_by_time;
CREATE TABLE blocks (
  block INTEGER PRIMARY KEY,      -- n / 128
  first_at INTEGER,               -- ms since the epoch; NULL: no item is left
  last_at INTEGER,
  observations INTEGER NOT NULL,
  summaries INTEGER NOT NULL,
  prompts INTEGER NOT NULL
);
INSERT INTO backfills (name, done_to) SELECT 'blocks', 0 WHERE EXISTS (SELECT 1 FROM items);
