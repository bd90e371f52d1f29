-- The project's open points as it last told them, as JSON; NULL where it never did.
ALTER TABLE session ADD COLUMN points_told TEXT;
