-- Whether the session's start was ever heard of, so that the doctor can name sessions that were told
-- nothing. Of sessions from before this, nobody knows: they count as started.
ALTER TABLE session ADD COLUMN started INTEGER NOT NULL DEFAULT 1;
