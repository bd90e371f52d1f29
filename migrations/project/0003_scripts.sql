-- Texts are composed (NFC), and words in two scripts, in letters of another width and of one CJK
-- character are found. What old items need for it, the alarm makes: see backfill.ts.
INSERT INTO backfills (name, done_to) SELECT 'scripts', 0 WHERE EXISTS (SELECT 1 FROM items);
