/** All texts that the databases of a stopped server hold: a witness that knows no table of them. */
import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";

export interface StoredTexts {
  /** The class of the object, such as `SessionObject`. */
  object: string;
  /** `<agent>/<session id>` of a session's object; null for others. */
  session: string | null;
  /** Every text of every row. */
  texts: string[];
}

/** One entry for each database below `state`. */
export function readStoredTexts(state: string): StoredTexts[] {
  const folder = join(state, "do");
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".sqlite") && basename(name) !== "metadata.sqlite")
    .map((name) => {
      const db = new DatabaseSync(join(folder, name), { readOnly: true });
      try {
        const object = basename(dirname(name)).replace(/^cairn-/, "");
        return { object, session: sessionOf(db), texts: textsOf(db) };
      } finally {
        db.close();
      }
    });
}

function tables(db: DatabaseSync): string[] {
  return db
    .prepare(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'",
    )
    .all()
    .map(({ name }) => String(name));
}

function sessionOf(db: DatabaseSync): string | null {
  if (!tables(db).includes("session")) return null;
  const row = db.prepare("SELECT agent || '/' || session_id AS path FROM session").get();
  return row === undefined ? null : String(row.path);
}

function textsOf(db: DatabaseSync): string[] {
  return tables(db).flatMap((table) => {
    const statement = db.prepare(`SELECT * FROM "${table}"`);
    // Times in nanoseconds are beyond what a number holds.
    statement.setReadBigInts(true);
    return statement
      .all()
      .flatMap((row) => Object.values(row))
      .map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value))
      .filter((value) => typeof value === "string");
  });
}
