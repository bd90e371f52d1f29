-- What names of folders are made with: one row, 32 bytes, made once and never changed.
CREATE TABLE folder_secret (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  secret BLOB NOT NULL
);
