-- What a project remembers. Observations, summaries and prompts share one counter: their `n`.
CREATE TABLE items (
  n INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,             -- observation, summary, prompt
  session TEXT NOT NULL,          -- <agent>/<session_id>; hand/<actor> for what was saved by hand
  generation INTEGER NOT NULL,
  batch INTEGER NOT NULL,
  prompt_number INTEGER NOT NULL,
  created_at INTEGER NOT NULL,    -- ms since the epoch, of the earliest source event
  type TEXT,                      -- observations only
  agent TEXT NOT NULL,
  actor TEXT NOT NULL,
  branch TEXT,
  commit_id TEXT,
  standing INTEGER NOT NULL,      -- 1: tells for long, whatever its age (decisions, gotchas, ...)
  repeats INTEGER,                -- n of the first observation of which this is a repeat
  supersedes INTEGER,             -- n of the observation that this one replaces
  superseded_by INTEGER,
  provider TEXT,
  model TEXT,
  degraded TEXT,
  content TEXT NOT NULL,          -- JSON: the fields that only this kind has, see rows.ts
  split_words TEXT NOT NULL,      -- parts of identifiers, CJK pairs: searched, never shown
  index_text TEXT NOT NULL        -- telling words of the source events: searched, never shown
);

-- Each index costs a row written per item. The timeline and the filters by time need the first,
-- which also counts the kinds. The others are partial and small. Where a session's items lie, its
-- deliveries tell: a row per delivery instead of one per item.
CREATE INDEX items_by_time ON items (created_at, kind);
CREATE INDEX items_summaries ON items (n) WHERE kind = 'summary';
CREATE INDEX items_standing ON items (n) WHERE standing = 1;
CREATE INDEX items_repeats ON items (repeats) WHERE repeats IS NOT NULL;

-- The next number of the project, as far as the items themselves do not tell it. A number is never
-- given twice, not even after a deletion.
CREATE TABLE counter (next_n INTEGER NOT NULL);
INSERT INTO counter (next_n) VALUES (1);

-- Batches that were applied, so that at-least-once delivery is applied once, and the numbers of
-- the items that each brought: a first and a last one, with nobody else's between them.
CREATE TABLE deliveries (
  session TEXT NOT NULL,
  generation INTEGER NOT NULL,
  batch INTEGER NOT NULL,
  first_n INTEGER NOT NULL,
  last_n INTEGER NOT NULL,
  PRIMARY KEY (session, generation, batch)
) WITHOUT ROWID;

-- What sessions told of themselves, and the lowest generation that is still accepted of each.
CREATE TABLE sessions (
  session TEXT PRIMARY KEY,
  state TEXT,                     -- null: never announced
  seq INTEGER NOT NULL DEFAULT 0,
  last_event_at INTEGER,
  floor INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- Requests to save by hand that carried an Idempotency-Key.
CREATE TABLE saves (
  actor TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (actor, idempotency_key)
) WITHOUT ROWID;

-- What the full-text indexes read. A view, so that no text is stored twice and both can be rebuilt.
-- FTS5 reads it without virtual tables, so there is no json_each here: lists are read as JSON text,
-- whose punctuation separates words anyway; only escaped line ends have to be told from letters.
CREATE VIEW searchable AS SELECT
  n,
  CASE kind
    WHEN 'observation' THEN content ->> 'title'
    WHEN 'summary' THEN content ->> 'request'
    ELSE content ->> 'text'
  END AS title,
  CASE kind
    WHEN 'observation' THEN concat_ws(char(10), content ->> 'subtitle', content ->> 'narrative',
      replace(replace(replace(content ->> 'facts', '\\', '/'), '\n', ' '), '\t', ' '))
    WHEN 'summary' THEN concat_ws(char(10), content ->> 'investigated', content ->> 'learned',
      content ->> 'completed', content ->> 'next_steps')
    ELSE ''
  END AS body,
  CASE kind
    WHEN 'observation' THEN concat_ws(char(10), content ->> 'files_modified', content ->> 'files_read')
    ELSE ''
  END AS files,
  split_words,
  index_text
FROM items;

CREATE VIRTUAL TABLE search USING fts5 (
  title, body, files, split_words, index_text,
  content = 'searchable', content_rowid = 'n', tokenize = 'porter unicode61'
);
-- A deleted word must not stay behind in the index's blocks.
INSERT INTO search (search, rank) VALUES ('secure-delete', 1);

-- The fall-back for typos and parts of words. Positions and sizes are left out: it only proposes
-- candidates, which similarity.ts then judges.
CREATE VIRTUAL TABLE trigrams USING fts5 (
  title, body, files,
  content = 'searchable', content_rowid = 'n', tokenize = 'trigram', detail = none, columnsize = 0
);
INSERT INTO trigrams (trigrams, rank) VALUES ('secure-delete', 1);
