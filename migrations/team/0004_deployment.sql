-- What was settled with the deployment's first request, in the object that stands for the whole of
-- it: one row. In the objects of teams this stays empty.
CREATE TABLE deployment (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  -- Where all objects are; empty: anywhere.
  jurisdiction TEXT NOT NULL
);
