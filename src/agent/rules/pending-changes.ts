/** The net effect of edits, file by file: what was put in and taken out again is no knowledge. */
import type { Correction } from "../../memory/observation.ts";
import { fileName } from "../../memory/paths.ts";
import { truncate } from "../../platform/truncate.ts";
import type { Activity } from "./activity.ts";
import { editTitle } from "./change-words.ts";
import { definedNames, FILE_COMMENT_LINES, statedPurpose } from "./definitions.ts";
import type { OpenWork, PendingChange, Said, Tried } from "./open-work.ts";
import { looksLikeInstruction } from "./prose.ts";
import { isTelling } from "./words.ts";

const LINE_MAX = 140;
/** Lines of one file that are kept. */
const LINES_KEPT = 16;

/** What makes a line worth showing: names that stand for something outside of it. */
const TELLING: [RegExp, number][] = [
  [/\p{Lu}{2,20}_[\p{Lu}\p{N}_]{2,40}/gu, 3],
  [/["'`][\p{L}\p{N}@][\p{L}\p{N}_./:@-]{3,50}["'`]/gu, 2],
  [/(?:^|[\s(,])--?[a-z][\w-]{3,}/g, 1],
  [/\p{Lu}[\p{L}\p{N}]{2,40}(?:\.\p{Lu}[\p{L}\p{N}]{1,40})+/gu, 2],
  [/[\p{Ll}\p{N}]{2,30}(?:_[\p{Ll}\p{N}]{2,30})+|\p{Ll}{2,30}\p{Lu}[\p{L}\p{N}]{2,30}/gu, 1],
  [/:[a-z_]{3,30}\b/g, 1],
];
/** Imports, headers of blocks and messages for a log say little of what a change is for. */
const DULL =
  /^(?:import|from|use|using|alias|require|package|#include|@impl|@moduledoc false|return|end|else|\}|\)|\]|"""|\/\/ eslint)\b|\b(?:console\.log|logger\.(?:info|debug)|print(?:ln)?!?\()|^[\W\d]*$/i;

function worthOf(line: string): number {
  if (DULL.test(line)) return 0;
  return TELLING.reduce(
    (sum, [form, worth]) => sum + worth * Math.min(3, line.match(form)?.length ?? 0),
    0,
  );
}

/** Lines without their indentation, blank ones left out, as they are compared. */
export function linesOf(lines: readonly string[] = []): string[] {
  return lines.map((line) => truncate(line.trim(), LINE_MAX)).filter((line) => line !== "");
}

/** Those of `lines` that are no mere frame of a block, as any change may have them. */
function ownLinesOf(lines: readonly string[] = []): string[] {
  return linesOf(lines).filter((line) => !DULL.test(line));
}

/** Those of `lines` that tell most, in their own order. */
function tellingLines(lines: readonly string[]): string[] {
  const seen = new Set<string>();
  const ranked = lines
    .map((line, at) => ({ line: truncate(line.trim(), LINE_MAX), at }))
    .filter(({ line }) => line.length > 3 && !seen.has(line) && seen.add(line))
    .map((each) => ({ ...each, worth: worthOf(each.line) }))
    .filter(({ worth }) => worth > 0)
    .sort((a, b) => b.worth - a.worth || a.at - b.at)
    .slice(0, LINES_KEPT);
  return ranked.sort((a, b) => a.at - b.at).map(({ line }) => line);
}

function newChange(path: string, at: number): PendingChange {
  return {
    path,
    created: false,
    names: [],
    gone: [],
    lines: [],
    was: [],
    size: 0,
    purpose: null,
    plans: [],
    keys: [],
    at,
  };
}

/** Adds an edit or a new file to what is pending. Mutates `work`, which the caller owns. */
export function noteChange(work: OpenWork, activity: Activity, plan: readonly Said[]): void {
  const path = activity.path ?? "";
  let change = work.changes.find((each) => each.path === path);
  if (change === undefined) {
    change = newChange(path, activity.at);
    work.changes.push(change);
  }
  const isNew = activity.kind === "create";
  const added = isNew ? activity.text.split("\n") : (activity.change?.added ?? []);
  const removed = activity.change?.removed ?? [];
  const addedNames = isNew
    ? definedNames(activity.text, path)
    : (activity.change?.addedNames ?? []);
  const removedNames = activity.change?.removedNames ?? [];
  if (isNew) {
    // Written as a whole: nothing of an earlier version is left.
    change.lines = [];
    change.names = [];
    change.created ||= change.keys.length === 0;
    const purpose = statedPurpose(activity.text, FILE_COMMENT_LINES);
    change.purpose = purpose !== null && !looksLikeInstruction(purpose) ? purpose : null;
  }
  const without = new Set(linesOf(removed));
  const back = new Set(linesOf(added));
  const fresh = new Set(change.lines);
  // What was set out to do before was done otherwise in the end.
  if (change.lines.length > 0 && change.lines.every((line) => without.has(line))) change.plans = [];
  change.was = [
    ...change.was.filter((line) => !back.has(line)),
    ...tellingLines(removed).filter((line) => !fresh.has(line)),
  ].slice(0, 6);
  change.lines = tellingLines([...change.lines.filter((line) => !without.has(line)), ...added]);
  change.gone = [
    ...change.gone,
    ...removedNames.filter((name) => !change.names.includes(name)),
  ].filter((name) => !addedNames.includes(name));
  change.names = [
    ...new Set([...change.names.filter((name) => !removedNames.includes(name)), ...addedNames]),
  ];
  change.size += added.length + removed.length;
  change.plans.push(...plan.filter(({ text }) => !change.plans.some((said) => said.text === text)));
  change.keys.push(activity.key);
  change.at = Math.max(change.at, activity.at);
}

/** Paths that a command deletes or takes back to what was committed; null where it takes back all. */
function pathsTakenBack(command: string): string[] | null {
  if (
    /\bgit (?:reset --hard|stash(?! (?:pop|apply|list))|checkout (?:--\s+)?\.(?:\s|$)|restore \.)/.test(
      command,
    )
  )
    return null;
  const paths: string[] = [];
  for (const [, list = ""] of command.matchAll(
    /(?:^|[;&|\n]\s*)(?:rm|git rm|git checkout(?: HEAD)? --|git restore|unlink|del|Remove-Item)\s+([^;&|\n]{1,400})/g,
  )) {
    paths.push(...list.split(/\s+/).filter((word) => word !== "" && !word.startsWith("-")));
  }
  return paths.map((path) => path.replace(/^["']|["']$|^\.\//g, ""));
}

/**
 * Takes out what a command deletes or takes back; answers which delivered observations that makes
 * wrong: those that are about nothing else. Mutates `work`, which the caller owns.
 */
export function takeBack(work: OpenWork, command: string): Correction[] {
  const paths = pathsTakenBack(command);
  if (paths === null) {
    work.changes = [];
    return [];
  }
  if (paths.length === 0) return [];
  const gone = (path: string) =>
    paths.some((each) => path === each || path.endsWith(`/${each}`) || each.endsWith(`/${path}`));
  const wrong = work.delivered.filter((told) => told.paths.length > 0 && told.paths.every(gone));
  work.changes = work.changes.filter(({ path }) => !gone(path));
  work.delivered = work.delivered.filter((told) => !wrong.includes(told));
  return wrong.map(({ key, text, paths: files }) => ({
    source: key,
    text,
    reason: `${files.slice(0, 2).join(", ")} was deleted or taken back`,
  }));
}

/** Which pending changes a commit holds, and which it leaves: by the paths that it adds, else all. */
export function inCommit(
  changes: PendingChange[],
  command: string,
): [PendingChange[], PendingChange[]] {
  const added = [...command.matchAll(/\bgit add\s+([^;&|\n]{1,1000})/g)].flatMap(([, list = ""]) =>
    list.split(/\s+/).filter((word) => word !== ""),
  );
  if (added.length === 0 || added.some((word) => /^(?:-A|--all|\.|-u|:\/)$/.test(word))) {
    return [changes, []];
  }
  const isAdded = ({ path }: PendingChange) =>
    added.some(
      (word) =>
        path === word ||
        path.endsWith(`/${word}`) ||
        path.startsWith(word.endsWith("/") ? word : `${word}/`),
    );
  const inside = changes.filter(isAdded);
  return inside.length === 0 ? [changes, []] : [inside, changes.filter((each) => !isAdded(each))];
}

const SHOWN_LINES = 3;
const SHOWN_CHARS = 110;

/** A short edit as it stands: `file: now a (was b)`; empty for one that is long. */
function shownChange({ path, change }: Activity): string {
  const telling = (lines: readonly string[] = []) =>
    lines.map((line) => line.trim()).filter((line) => /[\p{L}\p{N}]{2}/u.test(line));
  const after = telling(change?.added);
  const before = telling(change?.removed);
  const short = (lines: string[]) =>
    lines.length <= SHOWN_LINES && lines.join(" ").length <= SHOWN_CHARS;
  if (change === null || !short(after) || !short(before)) return "";
  const file = fileName(path ?? "");
  if (after.length === 0) return before.length === 0 ? "" : `${file}: without ${before.join(" ")}`;
  return `${file}: now ${after.join(" ")}${before.length > 0 ? ` (was ${before.join(" ")})` : ""}`;
}

/** An edit as something that was done about what fails; `said` is what it was announced as. */
export function triedBy(activity: Activity, path: string, said: string | null): Tried {
  const { change, text, key } = activity;
  return {
    what: said !== null && isTelling(said) ? said : editTitle([activity]),
    path,
    about: [
      fileName(path),
      ...(change?.addedNames ?? []),
      ...(change?.within ?? []),
      ...(change?.added ?? text.split("\n")).slice(0, 6),
    ].join(" "),
    shows: shownChange(activity),
    added: ownLinesOf(change?.added),
    key,
  };
}
