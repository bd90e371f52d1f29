/** The files that a patch in Codex's form names: `*** Update File: src/a.ts`. */
import { truncate } from "../platform/truncate.ts";
import { PATH_MAX_CHARS, PATHS_MAX } from "../privacy/limits.ts";

const FILE_LINE = /^\*\*\* (?:Add File|Update File|Delete File|Move to): (.+)$/gm;

/** What a patch touches, in its order; null for a text that is no patch. */
export function patchFiles(text: string): string[] | null {
  if (!text.includes("*** Begin Patch")) return null;
  const files = new Set<string>();
  for (const [, path] of text.matchAll(FILE_LINE)) {
    if (files.size === PATHS_MAX || path === undefined) break;
    files.add(truncate(path.trim(), PATH_MAX_CHARS));
  }
  return [...files];
}
