/** The secret that names of folders are made with: the only module that touches `folder_secret`. */
import type { Database } from "../../platform/database.ts";

const SECRET_BYTES = 32;

/**
 * The team's secret, made when it is first asked for. It never changes, not with any key: each
 * change would rename every project that has no remote. Needs a migrated database.
 */
export function folderSecret(db: Database): Uint8Array<ArrayBuffer> {
  const known = readSecret(db);
  if (known !== null) return known;
  const made = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  db.run("INSERT INTO folder_secret (id, secret) VALUES (1, ?)", made.buffer);
  return made;
}

function readSecret(db: Database): Uint8Array<ArrayBuffer> | null {
  const row = db.one<{ secret: ArrayBuffer }>("SELECT secret FROM folder_secret");
  return row === null ? null : new Uint8Array(row.secret);
}
