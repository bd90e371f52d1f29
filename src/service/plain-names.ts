/** Names that people and clients give to places: kept, shown and searched for, hence without secrets. */
import { normaliseProject } from "../memory/project-name.ts";
import { redact } from "../privacy/redaction.ts";

const MARK = /\[redacted:([a-z0-9-]{1,40})\]/g;

/** Longest name or path that is looked at, in characters; longer ones are no project's either. */
const LOOKED_AT_CHARS = 8_000;

/** `normaliseProject`, for what comes from outside: a secret in it becomes `redacted-<kind>`. */
export function projectNamed(value: unknown): string | null {
  return normaliseProject(typeof value === "string" ? withoutSecrets(value) : value);
}

/** A folder's path, in which a secret becomes `redacted-<kind>`: it stays one name of a path. */
export function pathWithoutSecrets(path: string | null): string | null {
  return path === null ? null : withoutSecrets(path);
}

function withoutSecrets(text: string): string {
  return redact(text.slice(0, LOOKED_AT_CHARS)).replace(MARK, "redacted-$1");
}
