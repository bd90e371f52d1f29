-- Since when bytes of removed items may stand in freed parts of the file: what rewrites the closed
-- file on this machine (cairn scrub, start, stop) takes the row away.
CREATE TABLE removals (at INTEGER NOT NULL);
