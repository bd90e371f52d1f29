/**
 * Rewriting the closed databases of a state folder, so that no byte of what was removed stays in
 * them or in their logs. Inside an object `VACUUM` and checkpoints are refused, so this is done
 * while no server runs.
 */
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";

/** Where Miniflare keeps the objects, below the state folder: a folder for each class. */
const OBJECTS = "do";
/** Its time says up to when all databases were looked at. */
const MARK = "scrubbed";
/** A database of at least this size is only rewritten where something was removed from it. */
const LARGE_BYTES = 1024 * 1024;

export interface Scrubbed {
  /** Databases that were rewritten. */
  files: number;
  /** False where the time was over before all were looked at: the next run begins again. */
  complete: boolean;
  /** Databases that could not be rewritten, and why. */
  failures: string[];
}

/**
 * Rewrites the databases that changed since the last time. No server may run on the folder. Stops
 * after `budgetMs`. With `all`, looks at every database.
 */
export async function scrub(
  state: string,
  { budgetMs, all = false }: { budgetMs: number; all?: boolean },
): Promise<Scrubbed> {
  const { DatabaseSync } = await import("node:sqlite");
  const begun = Date.now();
  const done: Scrubbed = { files: 0, complete: true, failures: [] };
  const since = all ? 0 : timeOf(join(state, MARK));
  for (const file of databases(state)) {
    if (Math.max(timeOf(file), timeOf(`${file}-wal`)) < since) continue;
    if (Date.now() - begun > budgetMs) return { ...done, complete: false };
    try {
      const db = new DatabaseSync(file);
      try {
        if (rewrite(db, all || statSync(file).size < LARGE_BYTES)) done.files += 1;
      } finally {
        db.close();
      }
    } catch (error) {
      done.failures.push(`${file}: ${(error as Error).message}`);
    }
  }
  if (done.failures.length > 0) return { ...done, complete: false };
  writeFileSync(join(state, MARK), "", { mode: 0o600 });
  const now = new Date();
  utimesSync(join(state, MARK), now, now);
  return done;
}

/** The files of all objects. */
export function databases(state: string): string[] {
  const root = join(state, OBJECTS);
  if (!existsSync(root)) return [];
  return readdirSync(root, { withFileTypes: true })
    .filter((folder) => folder.isDirectory())
    .flatMap(({ name }) =>
      readdirSync(join(root, name))
        .filter((file) => file.endsWith(".sqlite"))
        .map((file) => join(root, name, file)),
    );
}

/** When a file last changed, ms; 0 where there is none. */
function timeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** True where the file was rewritten. What its log holds goes into the file in any case. */
function rewrite(db: DatabaseSync, always: boolean): boolean {
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  const marked = hasTable(db, "removals") && db.prepare("SELECT 1 FROM removals").get();
  if (!always && !marked) return false;
  if (marked) db.exec("DELETE FROM removals");
  db.exec("VACUUM");
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  return true;
}

function hasTable(db: DatabaseSync, name: string): boolean {
  return db.prepare("SELECT 1 FROM sqlite_master WHERE name = ?").get(name) !== undefined;
}
