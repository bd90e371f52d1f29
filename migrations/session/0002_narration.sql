-- Id of the key that sent an event. NULL for events of the first release.
ALTER TABLE events ADD COLUMN key_id TEXT;
-- Key of another event of the session that has the same text; the text stands there only.
ALTER TABLE events ADD COLUMN ref TEXT;
-- What a finished batch left open, as JSON; NULL where that is nothing.
ALTER TABLE batches ADD COLUMN open_work TEXT;
-- What named the project: `config`, `remote`, `machine` or `person`. NULL: the first release did not ask.
ALTER TABLE session ADD COLUMN project_from TEXT;
