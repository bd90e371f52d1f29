/**
 * Writes `migrations/<object>/schema.sql`: what the migrations of each kind of object make
 * together. The doctor compares an object's schema with it. To be run after each new migration:
 *
 *   npm run schema
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { SCHEMA_QUERY, type SchemaRow, writeSchema } from "../src/platform/schema.ts";

const MIGRATIONS = join(import.meta.dirname, "..", "migrations");

for (const object of readdirSync(MIGRATIONS)) {
  const folder = join(MIGRATIONS, object);
  const db = new DatabaseSync(":memory:");
  for (const file of readdirSync(folder).sort()) {
    if (/^\d{4}_/.test(file)) db.exec(readFileSync(join(folder, file), "utf8"));
  }
  const rows = db.prepare(SCHEMA_QUERY).all() as unknown as SchemaRow[];
  writeFileSync(join(folder, "schema.sql"), writeSchema(rows));
  db.close();
}
