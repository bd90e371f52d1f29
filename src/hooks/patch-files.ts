/** The files that a patch in Codex's form names: `*** Update File: src/a.ts`. */
import { truncate } from "../platform/truncate.ts";
import { PATH_MAX_CHARS, PATHS_MAX } from "../privacy/limits.ts";

const FILE_LINE = /^\*\*\* (?:Add File|Update File|Delete File|Move to): (.+)$/gm;

/** What the patch in a call's input touches, in its order; null for an input without one. */
export function patchFiles(input: Record<string, unknown>): string[] | null {
  const text = Object.values(input).find(
    (value) => typeof value === "string" && value.includes("*** Begin Patch"),
  );
  if (typeof text !== "string") return null;
  const files = new Set<string>();
  for (const [, path] of text.matchAll(FILE_LINE)) {
    if (files.size === PATHS_MAX || path === undefined) break;
    files.add(truncate(path.trim(), PATH_MAX_CHARS));
  }
  return [...files];
}
