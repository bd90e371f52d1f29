-- One row: the session itself. After the retention it is all that stays (the tombstone).
CREATE TABLE session (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  team TEXT NOT NULL,
  agent TEXT NOT NULL,
  session_id TEXT NOT NULL,
  actor TEXT NOT NULL,
  -- The project's normalised name; `folder/…` until a remote is known.
  project TEXT NOT NULL,
  -- Lists and small records, as JSON (see session-row.ts).
  root TEXT,
  branch TEXT,
  commit_hash TEXT,
  generation INTEGER NOT NULL DEFAULT 1,
  next_batch INTEGER NOT NULL DEFAULT 1,
  -- Events up to here belong to a batch.
  batched_to INTEGER NOT NULL DEFAULT 0,
  -- Events up to here are due at once.
  flush_to INTEGER NOT NULL DEFAULT 0,
  counters TEXT NOT NULL DEFAULT '{}',
  private_seen INTEGER NOT NULL DEFAULT 0,
  private_open INTEGER NOT NULL DEFAULT 0,
  private_prompts TEXT NOT NULL DEFAULT '[]',
  context_due INTEGER NOT NULL DEFAULT 0,
  given TEXT NOT NULL DEFAULT '[]',
  given_until INTEGER NOT NULL DEFAULT 0,
  provider_pauses TEXT NOT NULL DEFAULT '{}',
  recoveries INTEGER NOT NULL DEFAULT 0,
  announced_state TEXT,
  announced_seq INTEGER NOT NULL DEFAULT 0,
  -- Times in ms since the epoch.
  touched_at INTEGER NOT NULL,
  ended_at INTEGER,
  closed_at INTEGER,
  -- 'delete' or 'forget' from the call until the tombstone stands.
  ending TEXT,
  forgotten INTEGER NOT NULL DEFAULT 0,
  -- Counts of what the retention removed, as JSON; null while the events are kept.
  tombstone TEXT
);

-- The session's log. Rows are written once; their state is that of the batch around them.
CREATE TABLE events (
  seq INTEGER PRIMARY KEY,
  identity TEXT NOT NULL,
  kind TEXT NOT NULL,
  n INTEGER,
  event_key TEXT NOT NULL,
  prompt_id TEXT,
  prompt_number INTEGER NOT NULL,
  at INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  skip TEXT,
  body TEXT NOT NULL
);
CREATE INDEX prompts ON events (n) WHERE kind = 'prompt';

-- A stretch of the log on its way through a provider. Stretches never overlap.
CREATE TABLE batches (
  batch INTEGER PRIMARY KEY,
  from_seq INTEGER NOT NULL,
  to_seq INTEGER NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  abandoned INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  not_before INTEGER NOT NULL,
  lease_token TEXT,
  lease_owner TEXT,
  lease_until INTEGER,
  redo INTEGER NOT NULL,
  provider TEXT,
  tokens_input INTEGER NOT NULL,
  tokens_output INTEGER NOT NULL,
  error TEXT,
  -- Event key -> reason, as JSON, for those that taught nothing.
  skipped TEXT NOT NULL
);

-- What a project has still to be told, in order; deliveries stay until the retention.
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  project TEXT NOT NULL,
  generation INTEGER NOT NULL,
  batch INTEGER,
  due_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  error TEXT,
  payload TEXT NOT NULL
);
