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

/** What an item must pass beside having some of the words. */
export interface Restriction {
  /** MATCH expressions of which an item must match each, and of which it must match none. */
  required: readonly string[];
  excluded: readonly string[];
  filters: Filters;
}

/** Those of the items that pass, in the order given. */
export function admitted(
  { db, reader }: View,
  numbers: readonly number[],
  { required, excluded, filters }: Restriction,
): number[] {
  const { clauses, values } = filterCondition(filters);
  const matching = "i.n IN (SELECT rowid FROM search WHERE search MATCH ?)";
  const passing = db.all<{ n: number }>(
    `SELECT i.n FROM items i
     WHERE ${[
       "i.n IN (SELECT value FROM json_each(?))",
       visible(reader, "i.n"),
       ...clauses,
       ...required.map(() => matching),
       ...excluded.map(() => `NOT ${matching}`),
     ].join(" AND ")}`,
    JSON.stringify(numbers),
    ...values,
    ...required,
    ...excluded,
  );
  const known = new Set(passing.map(({ n }) => n));
  return numbers.filter((n) => known.has(n));
}

/** Everything that is searched of these items, as one text each. */
export function textsOf({ db, reader }: View, numbers: readonly number[]): Map<number, string> {
  const rows = db.all<{ n: number; text: string }>(
    `SELECT n, concat_ws(char(10), title, body, files, split_words, index_text) AS text
     FROM searchable WHERE n IN (SELECT value FROM json_each(?)) AND ${visible(reader, "n")}`,
    JSON.stringify(numbers),
  );
  return new Map(rows.map(({ n, text }) => [n, text]));
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
