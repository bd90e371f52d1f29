/** What the deployment was settled as: the only module that touches the table `deployment`. */
import type { Database } from "../../platform/database.ts";

/** Where all objects are: what the first caller said. Needs a migrated database. */
export function settledJurisdiction(db: Database, jurisdiction: string): string {
  const row = db.one<{ jurisdiction: string }>("SELECT jurisdiction FROM deployment");
  if (row !== null) return row.jurisdiction;
  db.run("INSERT INTO deployment (id, jurisdiction) VALUES (1, ?)", jurisdiction);
  return jurisdiction;
}
