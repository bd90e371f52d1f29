-- One row once the project is being merged into another one or deleted: see departure.ts.
CREATE TABLE departure (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  -- The object's own name: an alarm does not tell it.
  team TEXT NOT NULL,
  number INTEGER NOT NULL,
  -- Number of the project that takes everything over; NULL: deleted.
  into_number INTEGER,
  phase TEXT NOT NULL,
  -- What is added to the numbers of items there.
  shift INTEGER,
  -- How far it is: which of the stores, after which key of it (JSON), and slices so far.
  store INTEGER NOT NULL DEFAULT 0,
  after TEXT,
  slice INTEGER NOT NULL DEFAULT 0
);

-- What was taken over from other projects, up to which slice.
CREATE TABLE arrivals (
  from_number INTEGER PRIMARY KEY,
  shift INTEGER NOT NULL,
  slice INTEGER NOT NULL
);
