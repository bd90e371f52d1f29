/** What an edit changed, from its old and new text or from a patch. */
import { definedNames } from "./definitions.ts";

/** The lines that an edit added and removed, and what that did to definitions. */
export interface Change {
  added: string[];
  removed: string[];
  /** Names that are defined after the edit and were not before, in order. */
  addedNames: string[];
  removedNames: string[];
  /** The definitions that surround or contain the change. */
  within: string[];
}

/** Lines of `a` that `b` does not have, each as often as it has them more. */
function linesBeyond(a: string[], b: string[]): string[] {
  const counts = new Map<string, number>();
  for (const line of b) counts.set(line.trim(), (counts.get(line.trim()) ?? 0) + 1);
  return a.filter((line) => {
    const left = counts.get(line.trim()) ?? 0;
    counts.set(line.trim(), left - 1);
    return left <= 0;
  });
}

function changeOf(before: string[], after: string[], path: string): Change {
  const namesBefore = definedNames(before.join("\n"), path);
  const namesAfter = definedNames(after.join("\n"), path);
  return {
    added: linesBeyond(after, before),
    removed: linesBeyond(before, after),
    addedNames: namesAfter.filter((name) => !namesBefore.includes(name)),
    removedNames: namesBefore.filter((name) => !namesAfter.includes(name)),
    within: namesAfter.filter((name) => namesBefore.includes(name)),
  };
}

/** The change from `before` to `after`. */
export function changeBetween(before: string, after: string, path: string): Change {
  return changeOf(before.split("\n"), after.split("\n"), path);
}

/** The change that a unified patch describes (`+`, `-` and context lines; headers are passed over). */
export function changeOfPatch(patch: string, path: string): Change {
  const before: string[] = [];
  const after: string[] = [];
  for (const line of patch.split("\n")) {
    if (/^(?:@@|---|\+\+\+|\*\*\*|diff |index )/.test(line)) continue;
    const text = line.slice(1);
    if (!line.startsWith("+")) before.push(text);
    if (!line.startsWith("-")) after.push(text);
  }
  return changeOf(before, after, path);
}
