/** The table `removals`: a mark that something was removed since the file was last rewritten. */
import type { Database } from "../../../platform/database.ts";

/** At most one row: what rewrites the closed file asks whether there is one, and takes it away. */
export function noteRemoval(db: Database): void {
  db.run(
    "INSERT INTO removals (at) SELECT ? WHERE NOT EXISTS (SELECT 1 FROM removals)",
    Date.now(),
  );
}
