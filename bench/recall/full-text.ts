/** A small full-text index in memory, for the comparison with plain BM25 and for quick offline runs. */
import { DatabaseSync } from "node:sqlite";

/** Words that tell nothing about what is asked. */
const STOP_WORDS = new Set(
  "a about after all also am an and any are as at be because been before being but by can could did do does doing down for from get got had has have having he her here him his how i if in into is it its just like me more most my no nor not now of off on once only or other our out over own same she should so some such than that the their them then there these they this those through to too under until up us very was we were what when where which while who whom why will with would you your".split(
    " ",
  ),
);

/** An OR of the question's words without stop-words, each quoted; null where nothing is left. */
function anyWordOf(question: string): string | null {
  const words = question.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const telling = [...new Set(words)].filter((word) => !STOP_WORDS.has(word));
  return telling.length === 0 ? null : telling.map((word) => `"${word}"`).join(" OR ");
}

export interface Document<T> {
  /** Texts of the fields, in the order of the index's columns. */
  fields: string[];
  result: T;
}

/** An FTS5 table (porter, unicode61) with one weight per column; ranks by BM25. */
export class FullTextIndex<T> {
  private readonly database = new DatabaseSync(":memory:");
  private readonly results: T[] = [];
  private readonly weights: number[];

  constructor(weights: number[], documents: Document<T>[]) {
    this.weights = weights;
    const columns = weights.map((_, i) => `f${i}`);
    this.database.exec(
      `CREATE VIRTUAL TABLE docs USING fts5(${columns.join(", ")}, tokenize = 'porter unicode61')`,
    );
    const insert = this.database.prepare(
      `INSERT INTO docs (rowid, ${columns.join(", ")}) VALUES (?, ${columns.map(() => "?").join(", ")})`,
    );
    for (const document of documents) {
      insert.run(this.results.length, ...document.fields);
      this.results.push(document.result);
    }
  }

  /** The best `limit` documents for any of the question's words. */
  search(question: string, limit: number): T[] {
    const match = anyWordOf(question);
    if (match === null) return [];
    const rows = this.database
      .prepare(
        `SELECT rowid AS id FROM docs WHERE docs MATCH ? ORDER BY bm25(docs, ${this.weights.join(", ")}) LIMIT ?`,
      )
      .all(match, limit) as { id: number }[];
    return rows.flatMap((row) => this.results[row.id] ?? []);
  }
}
