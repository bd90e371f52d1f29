-- The person who sent an event; NULL: the session's owner.
ALTER TABLE events ADD COLUMN sender TEXT;
