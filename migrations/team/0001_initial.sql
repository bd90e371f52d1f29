-- The team's keys. Only the SHA-256 of a key is kept. One id may stand twice while its secret is
-- being changed, hence the primary key.
CREATE TABLE keys (
  id TEXT NOT NULL,
  secret_hash TEXT NOT NULL,
  -- 'deployment': listed in CAIRN_KEY. 'issued': given out by the team.
  origin TEXT NOT NULL CHECK (origin IN ('deployment', 'issued')),
  created_at INTEGER NOT NULL,
  PRIMARY KEY (id, secret_hash)
) WITHOUT ROWID;

-- Names of projects and the numbers that their objects are named by. Numbers count from 1.
CREATE TABLE projects (
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL
);

-- Token limits per UTC day. NULL: no limit.
CREATE TABLE budgets (
  scope TEXT PRIMARY KEY CHECK (scope IN ('session', 'project', 'team')),
  input INTEGER,
  output INTEGER
) WITHOUT ROWID;

-- Calls announced and not yet settled. Settling deletes the row, so the table stays small and a
-- second settlement finds nothing to count.
CREATE TABLE reservations (
  session TEXT NOT NULL,
  generation INTEGER NOT NULL,
  batch INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  provider TEXT NOT NULL,
  project INTEGER NOT NULL,
  -- UTC day of the reservation, YYYY-MM-DD: the day that the tokens count for.
  day TEXT NOT NULL,
  reserved_at INTEGER NOT NULL,
  -- The estimate, in tokens.
  input INTEGER NOT NULL,
  output INTEGER NOT NULL,
  PRIMARY KEY (session, generation, batch, attempt, provider)
) WITHOUT ROWID;

-- What providers said that their calls used. The day comes first (ranges, retention), then the
-- session (its limit is asked for with every call).
CREATE TABLE usage (
  day TEXT NOT NULL,
  session TEXT NOT NULL,
  project INTEGER NOT NULL,
  provider TEXT NOT NULL,
  -- Empty where the provider has no model.
  model TEXT NOT NULL,
  input INTEGER NOT NULL,
  output INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  PRIMARY KEY (day, session, project, provider, model)
) WITHOUT ROWID;
