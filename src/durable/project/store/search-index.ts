/** The full-text indexes: the only module that touches the tables `search` and `trigrams`. */

import type { Filters } from "../../../contract/params.ts";
import type { Database } from "../../../platform/database.ts";
import { quoteMatch } from "../search/query.ts";
import { filterCondition } from "./filters.ts";
import { type View, visible } from "./visible.ts";

/**
 * Weights of title, body, files, split_words, index_text in bm25: what somebody wrote about the
 * work tells more than the words of the work itself.
 */
const FIELD_WEIGHTS = "3.0, 2.0, 1.5, 1.0, 1.0";

/** To be called after the item's row was inserted. */
export function addToIndex(db: Database, n: number): number {
  const written = db.run(
    `INSERT INTO search (rowid, title, body, files, split_words, index_text)
     SELECT n, title, body, files, split_words, index_text FROM searchable WHERE n = ?`,
    n,
  );
  return (
    written +
    db.run(
      `INSERT INTO trigrams (rowid, title, body, files)
       SELECT n, title, body, files FROM searchable WHERE n = ?`,
      n,
    )
  );
}

/** To be called while the item's row still is as it was indexed. */
export function removeFromIndex(db: Database, n: number): void {
  db.run(
    `INSERT INTO search (search, rowid, title, body, files, split_words, index_text)
     SELECT 'delete', n, title, body, files, split_words, index_text FROM searchable WHERE n = ?`,
    n,
  );
  db.run(
    `INSERT INTO trigrams (trigrams, rowid, title, body, files)
     SELECT 'delete', n, title, body, files FROM searchable WHERE n = ?`,
    n,
  );
}

/** True where both indexes agree with the items. Reads everything. */
export function isIndexSound(db: Database): boolean {
  try {
    // 1: compare with the content, not only with itself. A difference is thrown.
    db.run("INSERT INTO search (search, rank) VALUES ('integrity-check', 1)");
    db.run("INSERT INTO trigrams (trigrams, rank) VALUES ('integrity-check', 1)");
    return true;
  } catch {
    return false;
  }
}

/** Builds both indexes anew from the items. */
export function rebuildIndex(db: Database): void {
  db.run("INSERT INTO search (search) VALUES ('rebuild')");
  db.run("INSERT INTO trigrams (trigrams) VALUES ('rebuild')");
}

/** Items that match, best first by weighted bm25. */
export function rankByTerms(
  { db, reader }: View,
  match: string,
  filters: Filters,
  limit: number,
): number[] {
  const { clauses, values } = filterCondition(filters);
  const rank = `bm25(search, ${FIELD_WEIGHTS})`;
  // Without a filter the table of items is not touched at all.
  const sql =
    clauses.length === 0
      ? `SELECT rowid AS n FROM search
         WHERE search MATCH ? AND ${visible(reader, "rowid")} ORDER BY ${rank} LIMIT ?`
      : `SELECT search.rowid AS n FROM search JOIN items i ON i.n = search.rowid
         WHERE search MATCH ? AND ${visible(reader, "i.n")} AND ${clauses.join(" AND ")}
         ORDER BY ${rank} LIMIT ?`;
  return db.all<{ n: number }>(sql, match, ...values, limit).map((row) => row.n);
}

/** Items that match, newest first. */
export function newestMatches({ db, reader }: View, match: string, limit: number): number[] {
  return db
    .all<{ n: number }>(
      `SELECT rowid AS n FROM search
       WHERE search MATCH ? AND ${visible(reader, "rowid")} ORDER BY rowid DESC LIMIT ?`,
      match,
      limit,
    )
    .map((row) => row.n);
}

/** True where anything matches at all. */
export function matchesAny({ db, reader }: View, match: string): boolean {
  const any = `SELECT 1 FROM search WHERE search MATCH ? AND ${visible(reader, "rowid")} LIMIT 1`;
  return db.one(any, match) !== null;
}

/** How many items above this number match. Costs no more than there are, however common the word. */
export function countInNewest({ db, reader }: View, match: string, after: number): number {
  const row = db.one<{ count: number }>(
    `SELECT count(*) AS count FROM search
     WHERE search MATCH ? AND rowid > ? AND ${visible(reader, "rowid")}`,
    match,
    after,
  );
  return row?.count ?? 0;
}

/** The text of an item that the fall-back may compare with. */
export interface TrigramCandidate {
  n: number;
  title: string;
  body: string;
  files: string;
}

/** The newest items that have all trigrams of one of the pieces of text. */
export function trigramCandidates(
  { db, reader }: View,
  pieces: string[],
  filters: Filters,
  limit: number,
): TrigramCandidate[] {
  const alternatives = pieces
    .map((piece) => trigramMatch(piece))
    .filter((match): match is string => match !== null);
  if (alternatives.length === 0) return [];
  const { clauses, values } = filterCondition(filters);
  return db.all<TrigramCandidate>(
    `SELECT s.n, s.title, s.body, s.files FROM searchable s
     WHERE s.n IN (
       SELECT t.rowid FROM trigrams t ${clauses.length === 0 ? "" : "JOIN items i ON i.n = t.rowid"}
       WHERE trigrams MATCH ? AND ${visible(reader, "t.rowid")} ${clauses.map((clause) => `AND ${clause}`).join(" ")}
       ORDER BY t.rowid DESC LIMIT ?
     )`,
    alternatives.map((match) => `(${match})`).join(" OR "),
    ...values,
    limit,
  );
}

/** Longest text looked up by its trigrams: an expression of more terms gains nothing. */
const TRIGRAMS_MAX = 24;

function trigramMatch(piece: string): string | null {
  const characters = [...piece];
  const trigrams = new Set<string>();
  for (let i = 0; i + 3 <= characters.length && trigrams.size < TRIGRAMS_MAX; i++) {
    trigrams.add(characters.slice(i, i + 3).join(""));
  }
  return trigrams.size === 0 ? null : [...trigrams].map(quoteMatch).join(" AND ");
}
