/**
 * Failures followed to their outcome. An edit after a failure is a fix only where the command, or
 * what contains it, passes afterwards; what was followed by the same failure was an attempt.
 */
import { fileName } from "../../memory/paths.ts";
import { truncate } from "../../platform/truncate.ts";
import type { Activity } from "./activity.ts";
import { checkKind, failedParts, failureMessage, firstLine, mainPrograms } from "./commands.ts";
import type { OpenFailure, OpenWork, Said, Tried } from "./open-work.ts";
import { listed, shorten } from "./prose.ts";
import { narrowingOf, withoutQuoted } from "./shell.ts";
import { nameParts, sharesName } from "./words.ts";

const MESSAGE_MAX = 240;
/** Of a command line that failed: enough of it to know another form of it by. */
const COMMAND_MAX = 240;
const BLAMED_MAX = 4;

/** What failed, as people call it: `git commit (DIALYZER)`. */
export function failedName({ programs, label, command }: OpenFailure): string {
  const name = programs.length > 0 ? listed(programs, 2) : shorten(command, 50);
  return label === null ? name : `${name} (${label})`;
}

/** A message without what differs from run to run. */
function signature(message: string): string {
  return message.toLowerCase().replace(/\d+/g, "0").replace(/\s+/g, " ").slice(0, 80);
}

function filesNamedIn(output: string): string[] {
  const files = truncate(output, 60_000).matchAll(
    /[\p{L}\p{N}_.@-]{1,60}\.[a-z]{1,5}(?=[:\s,)"'(]|$)/gu,
  );
  return [...new Set([...files].map(([name]) => name))].slice(0, 8);
}

/** Words of a command that its output names: what it failed on, as `lib/a` of `cp lib/a/b.css`. */
function blamedBy(output: string, command: string): string[] {
  const words = withoutQuoted(command).split(/\s+/);
  const named = truncate(output, 10_000).match(/[\p{L}\p{N}_./-]{6,}/gu) ?? [];
  const blamed = named.filter((name) =>
    words.some((word) => word === name || word.startsWith(`${name}/`)),
  );
  return [...new Set(blamed)].slice(0, BLAMED_MAX);
}

/** A failure with the output that tells of it. */
interface Seen {
  failure: OpenFailure;
  output: string;
}

/** What one failed call says: one failure, or one for each check that its hook ran. */
function failuresOf(activity: Activity): Seen[] {
  const programs = mainPrograms(activity.programs);
  const kind = checkKind(programs);
  const parts = kind === "commit" || kind === "push" ? failedParts(activity.text) : [];
  const whole = { label: null as string | null, text: activity.text };
  return (parts.length > 0 ? parts : [whole]).map(({ label, text }) => ({
    output: text.toLowerCase(),
    failure: {
      command: shorten(activity.subject, COMMAND_MAX),
      programs,
      kind,
      label,
      message:
        failureMessage(text, MESSAGE_MAX) ??
        activity.outcome?.totals ??
        activity.outcome?.message ??
        // What a check prints first is about the check.
        (kind === null || kind === "commit" || kind === "push"
          ? shorten(firstLine(text), 160)
          : ""),
      named: filesNamedIn(text),
      blamed: kind === null ? blamedBy(text, activity.subject) : [],
      attempts: [],
      tried: [],
      words: [],
      gone: false,
      age: 0,
      sources: [activity.key],
    },
  }));
}

/** What was tried, in a few words each, the same only once. */
function asAttempts(tried: readonly Tried[]): string[] {
  return [...new Set(tried.map(({ what }) => withoutPurpose(what)))].slice(-3);
}

/** What was done without what it was to achieve, which it did not. */
function withoutPurpose(what: string): string {
  const cutOff = what.replace(
    /\s+(?:(?:in order )?to (?:tell|make|let|help|avoid|ignore|fix|satisfy|silence|suppress|get|ensure|solve|resolve|work)|so that|so it|by adding)\b.*$/i,
    "",
  );
  return cutOff.length >= 12 ? cutOff : what;
}

function sharesProgram(a: OpenFailure, b: OpenFailure): boolean {
  return a.programs.some((program) => b.programs.includes(program));
}

/** True where what was seen is the failure that is known: the same check with the same message. */
function isSame(known: OpenFailure, { failure, output }: Seen): boolean {
  return (
    known.label === failure.label &&
    sharesProgram(known, failure) &&
    (signature(known.message) === signature(failure.message) ||
      (known.message.length > 12 && output.includes(known.message.toLowerCase().slice(0, 60))))
  );
}

/** Notes a command that failed. Mutates `work`, which the caller owns. */
export function noteFailure(work: OpenWork, activity: Activity): void {
  const found = failuresOf(activity);
  for (const known of work.failures) {
    const runs =
      found.some(({ failure }) => sharesProgram(known, failure)) ||
      runsLabelled(activity, known.label);
    if (!runs) continue;
    const again = found.find((seen) => isSame(known, seen))?.failure;
    if (again === undefined) {
      // The same check ran and says something else: what was tried made this failure go away.
      known.gone ||= known.tried.length > 0;
      continue;
    }
    known.attempts = [...new Set([...known.attempts, ...asAttempts(triedFor(known))])];
    known.tried = [];
    known.words = [];
    known.gone = false;
    known.message = again.message;
    known.named = again.named;
    known.sources = [...known.sources.slice(0, 1), activity.key];
  }
  for (const seen of found) {
    if (!work.failures.some((known) => isSame(known, seen))) work.failures.push(seen.failure);
  }
}

/** True where a command that passed is the failed one, or contains it. */
export function covers(
  activity: Activity,
  failure: Pick<OpenFailure, "command" | "programs" | "kind" | "named">,
): boolean {
  const programs = mainPrograms(activity.programs);
  const same = programs.some((program) => failure.programs.includes(program));
  const alike = failure.kind !== null && checkKind(programs) === failure.kind;
  if (!same && !alike) return false;
  // A commit is always of the whole, whatever it names.
  const narrowed = failure.kind === "commit" ? [] : narrowingOf(activity.subject);
  if (narrowed.length === 0 || shorten(activity.subject, COMMAND_MAX) === failure.command)
    return true;
  // A part passed: the part that had failed?
  const before = narrowingOf(failure.command);
  return narrowed.some(
    (word) => before.includes(word) || failure.named.some((name) => word.includes(name)),
  );
}

/** True where a command runs the program that failed, or is a commit, which runs what it is checked by. */
export function isNamedBy(failure: OpenFailure, { programs }: Activity): boolean {
  const main = mainPrograms(programs);
  return checkKind(main) === "commit" || main.some((each) => failure.programs.includes(each));
}

/** Calls after which a failure of a command that is no check is forgotten. */
const FORGOTTEN_AFTER = 4;

/** Words of a command line by which another form of it is recognised: paths and names of its own. */
function ownWordsOf(command: string): string[] {
  return [...new Set(command.match(/[\p{L}\p{N}_./-]{8,}/gu) ?? [])];
}

function sharesMain({ programs }: Activity, failure: OpenFailure): boolean {
  return mainPrograms(programs).some((program) => failure.programs.includes(program));
}

/** True where `activity` is another form of a command that failed just before. */
function isOtherForm(activity: Activity, failure: OpenFailure): boolean {
  const check = failure.kind !== null && failure.kind !== "commit" && failure.kind !== "push";
  if (check || failure.age > FORGOTTEN_AFTER) return false;
  if (activity.outcome === null || activity.subject === failure.command) return false;
  // A commit's message names what was worked on.
  const kind = checkKind(mainPrograms(activity.programs));
  if (kind === "commit" || kind === "push") return false;
  if ((failure.blamed ?? []).length > 0) return sharesMain(activity, failure);
  const own = ownWordsOf(failure.command);
  const shared = own.filter((word) => activity.subject.includes(word));
  return shared.length >= 2 || (own.length === 1 && shared.length === 1);
}

/** True where `activity`, which is no check, leaves out what the failed command failed on. */
function evades(activity: Activity, failure: OpenFailure): boolean {
  if (failure.kind !== null) return false;
  return (failure.blamed ?? []).some((name) => !activity.subject.includes(name));
}

/** True where `activity` runs the check that a hook calls `label`. */
function runsLabelled(activity: Activity, label: string | null): boolean {
  if (label === null) return false;
  return activity.programs.join(" ").toLowerCase().includes(label.toLowerCase());
}

/** True where `activity` is a commit, and commits are known to run the check that had failed. */
function isCheckedByCommit(work: OpenWork, activity: Activity, failure: OpenFailure): boolean {
  if (checkKind(mainPrograms(activity.programs)) !== "commit") return false;
  const line = failure.programs.join(" ").toLowerCase();
  return work.checks?.labels.some((label) => line.includes(label.toLowerCase())) === true;
}

/** Takes the failures out of `work` that `activity`, which passed, proves to be over. */
export function takeResolved(work: OpenWork, activity: Activity): OpenFailure[] {
  const passed = activity.outcome?.state === "passed";
  for (const failure of work.failures) failure.age += 1;
  const resolved = work.failures.filter((failure) => {
    if (evades(activity, failure)) return false;
    // A check has to say that it passed; any other command has, where it did not fail.
    const over =
      (failure.kind === null || passed) &&
      (covers(activity, failure) || isCheckedByCommit(work, activity, failure));
    const other = isOtherForm(activity, failure);
    // Forms that left out what it failed on did not help.
    if (other && (failure.blamed ?? []).length > 0)
      failure.tried = failure.tried.filter(({ path }) => path !== null);
    if (!other || failure.tried.length > 0) return over || other;
    failure.tried.push({
      what: `run it as \`${shorten(activity.subject, 80)}\``,
      path: null,
      about: activity.subject,
      shows: "",
      key: activity.key,
    });
    return true;
  });
  work.failures = work.failures.filter(
    (failure) =>
      !resolved.includes(failure) && (failure.kind !== null || failure.age <= FORGOTTEN_AFTER),
  );
  for (const failure of work.failures) {
    if (passed && runsLabelled(activity, failure.label) && failure.tried.length > 0)
      failure.gone = true;
  }
  return resolved;
}

/** True where `text` names the check, the files or something else of what failed. */
function speaksOf(failure: OpenFailure, text: string): boolean {
  const lower = text.toLowerCase();
  if (failure.label !== null && lower.includes(failure.label.toLowerCase())) return true;
  if (failure.named.some((name) => lower.includes(name.toLowerCase()))) return true;
  const about = [failure.message, ...failure.tried.map(({ what }) => what)].join(" ");
  return sharesName(text, about);
}

/**
 * Notes what was said while failures are open: for those that it speaks of, else for the newest.
 * False where none is open.
 */
export function noteWords(work: OpenWork, said: Said): boolean {
  const open = work.failures.filter(({ gone }) => !gone);
  const meant = open.filter((failure) => speaksOf(failure, said.text));
  for (const failure of meant.length > 0 ? meant : open.slice(-1)) failure.words.push(said);
  return open.length > 0;
}

/** Something was done while failures are open; `removed` are lines that it took out of its file. */
export function noteTried(work: OpenWork, tried: Tried, removed: readonly string[] = []): void {
  for (const failure of work.failures) takeOutUndone(failure, tried.path, new Set(removed));
  for (const failure of work.failures) if (!failure.gone) failure.tried.push(tried);
}

/**
 * What an edit takes out again did not help, whatever it changed for a while: a failure that it made
 * go away was only hidden, and is open again.
 */
function takeOutUndone(
  failure: OpenFailure,
  path: string | null,
  removed: ReadonlySet<string>,
): void {
  const isUndone = (tried: Tried) => {
    if (path === null || tried.path !== path || !tried.added?.length) return false;
    tried.added = tried.added.filter((line) => !removed.has(line));
    return tried.added.length === 0;
  };
  const undone = failure.tried.filter(isUndone);
  if (undone.length === 0) return;
  failure.tried = failure.tried.filter((tried) => !undone.includes(tried));
  if (!failure.gone) return;
  failure.attempts = [...new Set([...failure.attempts, ...asAttempts(undone)])];
  failure.gone = failure.tried.length > 0;
}

/** What was tried for the failure: all of it where nothing tells what it was for. */
export function relevantTo(failure: OpenFailure, tried: readonly Tried[]): Tried[] {
  const about = triedFor({ ...failure, tried: [...tried] });
  return about.length > 0 ? about : [...tried];
}

/** What of the failure's `tried` names a file, the check or something else of it. */
function triedFor(failure: OpenFailure): Tried[] {
  const named = new Set([
    ...nameParts(failure.message),
    ...failure.named.map((name) => name.toLowerCase()),
  ]);
  const label = failure.label?.toLowerCase() ?? null;
  return failure.tried.filter(
    ({ path, about, what }) =>
      (path !== null && named.has(fileName(path).toLowerCase())) ||
      (label !== null && `${path ?? ""} ${what}`.toLowerCase().includes(label)) ||
      [...nameParts(about)].some((part) => named.has(part)),
  );
}

/** True where `text` speaks of a failure that is still open: what it says of it is not proved. */
export function speaksOfOpen(work: OpenWork, text: string): boolean {
  const lower = text.toLowerCase();
  return work.failures.some(({ label, kind, programs, message, gone }) => {
    if (gone || kind === null) return false;
    if (label !== null && lower.includes(label.toLowerCase())) return true;
    const tool = programs[0]?.split(" ").at(-1) ?? "";
    if (kind !== "test" && tool.length > 3 && lower.includes(tool)) return true;
    const parts = nameParts(message);
    return [...nameParts(text)].some((part) => part.length > 8 && parts.has(part));
  });
}
