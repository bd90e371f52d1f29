-- Where each word stands, and in how many items: read off the full-text index, nothing is stored.
CREATE VIRTUAL TABLE postings USING fts5vocab (search, instance);
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (search, row);
