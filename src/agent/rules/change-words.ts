/** What an edit did, in the few words that a person would use for it. */
import { fileName } from "../../memory/paths.ts";
import type { Activity } from "./activity.ts";
import type { Change } from "./changes.ts";
import { statedPurpose } from "./definitions.ts";
import { listed, looksLikeInstruction, shorten } from "./prose.ts";

/** A verb with its object, and whether it happened in, to or from the file. */
interface Deed {
  verb: "add" | "test" | "remove" | "rename" | "use" | "drop" | "change" | "note";
  what: string;
  /** The definition in which it happened; empty where it is the file as a whole. */
  place: string;
}

/** `Acme.Billing.Invoice` is called Invoice. */
export function shortName(name: string): string {
  return /^\p{Lu}[\p{L}\p{N}_]{0,40}(?:\.\p{Lu}[\p{L}\p{N}_]{0,60}){1,8}$/u.test(name)
    ? name.slice(name.lastIndexOf(".") + 1)
    : name;
}

const IDENTIFIER = /[\p{L}_][\p{L}\p{M}\p{N}_.?!]{3,50}/gu;
const WORD = /[\p{L}\p{M}\p{N}_]+/gu;

/** Identifiers of `lines` that `others` lack, the longest two. */
function distinctiveNames(lines: string[], others: string[]): string[] {
  const known = new Set(others.join("\n").match(IDENTIFIER) ?? []);
  const names = new Set<string>();
  for (const line of lines.slice(0, 60)) {
    for (const name of line.slice(0, 300).match(IDENTIFIER) ?? []) {
      const whole = name.replace(/[.!]$/, "");
      if (!known.has(name) && /[_.\p{Lu}]/u.test(whole.slice(1))) names.add(shortName(whole));
    }
  }
  const longest = [...names].sort((a, b) => b.length - a.length);
  return longest.filter((name) => name.length <= 40).slice(0, 2);
}

/** The line with the most words that the other side lacks. */
function tellingLine(lines: string[], others: string[]): string | null {
  const known = new Set(others.join("\n").match(WORD) ?? []);
  let best: { line: string; fresh: number } | null = null;
  for (const line of lines.slice(0, 60)) {
    const fresh = (line.slice(0, 300).match(WORD) ?? []).filter((word) => !known.has(word)).length;
    if (/[\p{L}\p{N}_]{2}/u.test(line) && fresh > (best?.fresh ?? 0))
      best = { line: line.trim(), fresh };
  }
  return best !== null && best.line.length >= 10 ? best.line : null;
}

/** True where the one name stands in the other's place: few lines, or a word in common. */
function isRename({ added, removed, addedNames, removedNames }: Change): boolean {
  if (added.length <= 3 && removed.length <= 3) return true;
  const parts = (name = "") =>
    name.split(/[^\p{L}\p{N}]+|(?<=\p{Ll})(?=\p{Lu})/u).filter((w) => w.length > 3);
  const before = new Set(parts(removedNames[0]));
  return parts(addedNames[0]).some((part) => before.has(part));
}

function deedOf(change: Change): Deed {
  const { added, removed, within } = change;
  const addedNames = change.addedNames.map(shortName);
  const removedNames = change.removedNames.map(shortName);
  const place = within.length > 0 ? shortName(within.at(-1) ?? "") : "";
  const tests = addedNames.filter((name) => name.startsWith('"'));
  if (tests.length > 0 && tests.length * 2 >= addedNames.length) {
    const cases = tests.map((name) => name.slice(1, -1));
    // The first name is often the group that the cases stand in.
    return { verb: "test", what: listed(cases.slice(cases.length > 2 ? 1 : 0), 2), place: "" };
  }
  if (addedNames.length === 1 && removedNames.length === 1 && isRename(change)) {
    return { verb: "rename", what: `${removedNames[0]} to ${addedNames[0]}`, place: "" };
  }
  if (addedNames.length > 0) return { verb: "add", what: listed(addedNames, 3), place: "" };
  if (removedNames.length > 0) return { verb: "remove", what: listed(removedNames, 3), place: "" };
  const purpose = statedPurpose(added.join("\n"));
  if (purpose !== null && purpose.length < 70 && !looksLikeInstruction(purpose)) {
    return { verb: "note", what: purpose, place };
  }
  const used = distinctiveNames(added, removed);
  if (used.length > 0) return { verb: "use", what: listed(used, 2), place };
  const gone = distinctiveNames(removed, added);
  if (gone.length > 0) return { verb: "drop", what: listed(gone, 2), place };
  const line = tellingLine(added, removed) ?? tellingLine(removed, added);
  return { verb: "change", what: line === null ? "" : `“${shorten(line, 60)}”`, place };
}

/** The edits of one file seen as one change. */
function mergedChange(edits: Activity[]): Change {
  const all = edits.flatMap(({ change }) => (change === null ? [] : [change]));
  const unique = (names: string[]) => [...new Set(names)];
  const addedNames = unique(all.flatMap((change) => change.addedNames));
  const removedNames = unique(all.flatMap((change) => change.removedNames));
  return {
    added: all.flatMap((change) => change.added),
    removed: all.flatMap((change) => change.removed),
    addedNames: addedNames.filter((name) => !removedNames.includes(name)),
    removedNames: removedNames.filter((name) => !addedNames.includes(name)),
    within: unique(all.flatMap((change) => change.within)),
  };
}

/** As a title says it: `Add a and b to money.ts`. All `edits` are of one file. */
export function editTitle(edits: Activity[]): string {
  const file = fileName(edits[0]?.path ?? "a file");
  const { verb, what, place } = deedOf(mergedChange(edits));
  const where = place === "" || what.includes(place) ? file : `${place}, ${file}`;
  switch (verb) {
    case "add":
      return `Add ${what} to ${file}`;
    case "test":
      return `Tests in ${file}: ${what}`;
    case "remove":
      return `Remove ${what} from ${file}`;
    case "rename":
      return `Rename ${what} in ${file}`;
    case "use":
      return `Use ${what} in ${where}`;
    case "drop":
      return `Drop ${what} from ${where}`;
    case "note":
      return `${what} (${where})`;
    case "change":
      return what === "" ? `Rework ${where}` : `${where}: ${what}`;
  }
}
