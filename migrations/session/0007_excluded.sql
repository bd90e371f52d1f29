-- Whether the session's place is excluded: nothing that its hooks say is stored.
ALTER TABLE session ADD COLUMN excluded INTEGER NOT NULL DEFAULT 0;
