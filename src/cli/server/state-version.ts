/**
 * Which version of Cairn a state folder belongs to. An older one is taken over by its objects, each
 * with its first write. A newer one is refused before anything of it is touched: its objects would
 * refuse too, but one by one, and to an agent.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import cairn from "../../../package.json" with { type: "json" };
import { Failure } from "../failure.ts";
import { CAIRN } from "../installation.ts";
import { OBJECT_KINDS, type ObjectKind, type SchemaVersions } from "./worker-about.ts";

/** Where Miniflare keeps each kind of objects, below the state folder. */
const FOLDERS: Record<ObjectKind, string> = {
  project: join("do", "cairn-ProjectObject"),
  session: join("do", "cairn-SessionObject"),
  team: join("do", "cairn-TeamObject"),
};
/** Sessions are too many to be looked at one by one; what is noted beside them says it as well. */
const LOOKED_AT: readonly ObjectKind[] = ["team", "project"];

const NoteSchema = z.object({
  version: z.string(),
  schema: z.partialRecord(z.enum(OBJECT_KINDS), z.number()),
});

/** Throws a `Failure` where a newer version has written to the folder. */
export async function checkStateVersion(state: string, known: SchemaVersions): Promise<void> {
  const note = readNote(state);
  const newer = OBJECT_KINDS.some((kind) => (note?.schema[kind] ?? 0) > known[kind]);
  const found = newer ? (note?.version ?? null) : await newerDatabase(state, known);
  if (found === null) return;
  throw new Failure(
    `the memory in ${state} was written by a newer version of Cairn (${found}); this is ` +
      `${cairn.version}, which would not understand it. Nothing was changed. Update this one, or ` +
      `use another folder: CAIRN_STATE=<folder> ${CAIRN} start`,
  );
}

/** Notes that this version has the folder now. */
export function noteStateVersion(state: string, schema: SchemaVersions): void {
  writeFileSync(noteFile(state), JSON.stringify({ version: cairn.version, schema }), {
    mode: 0o600,
  });
}

function noteFile(state: string): string {
  return join(state, "version.json");
}

/** Null where there is none that can be read: the first releases wrote none. */
function readNote(state: string): z.infer<typeof NoteSchema> | null {
  try {
    return NoteSchema.parse(JSON.parse(readFileSync(noteFile(state), "utf8")));
  } catch {
    return null;
  }
}

/** In words, a schema that is newer than what is known; null for none. */
async function newerDatabase(state: string, known: SchemaVersions): Promise<string | null> {
  const { DatabaseSync } = await import("node:sqlite");
  for (const kind of LOOKED_AT) {
    const folder = join(state, FOLDERS[kind]);
    if (!existsSync(folder)) continue;
    for (const file of readdirSync(folder).filter((name) => name.endsWith(".sqlite"))) {
      const db = new DatabaseSync(join(folder, file), { readOnly: true });
      try {
        const version = schemaVersion(db);
        if (version > known[kind])
          return `schema ${version} of a ${kind}, where ${known[kind]} is known`;
      } finally {
        db.close();
      }
    }
  }
  return null;
}

function schemaVersion(db: { prepare(sql: string): { get(): unknown } }): number {
  const isThere = db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'schema_version'").get();
  if (isThere === undefined) return 0;
  const row = db.prepare("SELECT version FROM schema_version").get();
  return z.object({ version: z.number() }).safeParse(row).data?.version ?? 0;
}
