-- What sessions left to do. Numbers are of the project's one counter, like those of items, so that a
-- session's points lie within its deliveries. No index but the key: to make or to close one is a row.
CREATE TABLE open_points (
  n INTEGER PRIMARY KEY,
  session TEXT NOT NULL,
  generation INTEGER NOT NULL,
  batch INTEGER NOT NULL,
  prompt_number INTEGER NOT NULL,
  person TEXT NOT NULL,           -- whose session it was
  text TEXT NOT NULL,
  sources TEXT NOT NULL,          -- JSON: keys of the events that say so
  made_at INTEGER NOT NULL,       -- ms since the epoch, of the earliest source event
  state TEXT NOT NULL,            -- open, closed
  closed_at INTEGER,
  closed_by TEXT,                 -- the session that did it, or the person who says so
  proof TEXT,                     -- key of that session's event; NULL: a person's word
  reopened_at INTEGER             -- when a person last said that it is open
);

-- Why an observation's own session takes it back, as JSON; NULL where it stands.
ALTER TABLE items ADD COLUMN withdrawn TEXT;
