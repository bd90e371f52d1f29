-- What a key may be used for, and what its person calls it. NULL: everything, and nothing.
ALTER TABLE keys ADD COLUMN scope TEXT CHECK (scope IN ('capture', 'full'));
ALTER TABLE keys ADD COLUMN label TEXT;
