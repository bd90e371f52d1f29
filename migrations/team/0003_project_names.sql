-- Other names that lead to a project: what it was called before, and what was merged into it.
CREATE TABLE project_aliases (
  name TEXT PRIMARY KEY,
  number INTEGER NOT NULL
) WITHOUT ROWID;

-- Projects that are being merged or deleted, and those that were: no number is ever given twice.
CREATE TABLE departures (
  number INTEGER PRIMARY KEY,
  -- The project that takes everything over; NULL: deleted.
  into_number INTEGER,
  -- What is added to the numbers of items there. NULL: not through yet, or deleted.
  shift INTEGER,
  left_at INTEGER
);
