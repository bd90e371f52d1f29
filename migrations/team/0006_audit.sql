-- Who deleted, forgot or changed what, and when. Rows are only ever added; nothing of any content.
CREATE TABLE audit (
  n INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  person TEXT NOT NULL,
  -- Id of the key that it was done with.
  key_id TEXT NOT NULL,
  action TEXT NOT NULL,
  -- What it was done to: an id, or a name.
  target TEXT NOT NULL
);
