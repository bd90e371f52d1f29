-- Whether an observation only says that something was looked at, not what came of it: 1 or 0.
-- NULL where that was not asked yet, which reads as 0, and for summaries and prompts.
ALTER TABLE items ADD COLUMN activity INTEGER;

-- Changes of items that are too many for one migration: a row each until the last item is done,
-- see backfill.ts. An empty project has none to change.
CREATE TABLE backfills (
  name TEXT PRIMARY KEY,
  -- Items up to this number are done.
  done_to INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO backfills (name, done_to) SELECT 'activity', 0 WHERE EXISTS (SELECT 1 FROM items);
