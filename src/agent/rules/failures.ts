/**
 * Failures followed to their outcome. An edit after a failure is a fix only where the command, or
 * what contains it, passes afterwards; what was followed by the same failure was an attempt.
 */
import { fileName } from "../../memory/paths.ts";
import type { Activity } from "./activity.ts";
import { checkKind, failedParts, failureMessage, isNarrow, mainPrograms } from "./commands.ts";
import type { OpenFailure, OpenWork, Tried } from "./open-work.ts";
import { cut, shorten } from "./prose.ts";
import { nameParts } from "./words.ts";

const MESSAGE_MAX = 240;

/** A message without what differs from run to run. */
function signature(message: string): string {
  return message.toLowerCase().replace(/\d+/g, "0").replace(/\s+/g, " ").slice(0, 80);
}

function filesNamedIn(output: string): string[] {
  const files = cut(output, 60_000).matchAll(
    /[\p{L}\p{N}_.@-]{1,60}\.[a-z]{1,5}(?=[:\s,)"'(]|$)/gu,
  );
  return [...new Set([...files].map(([name]) => name))].slice(0, 8);
}

/** What one failed call says: one failure, or one for each check that its hook ran. */
function failuresOf(activity: Activity): OpenFailure[] {
  const programs = mainPrograms(activity.programs);
  const kind = checkKind(programs);
  const parts = kind === "commit" || kind === "push" ? failedParts(activity.text) : [];
  const whole = { label: null as string | null, text: activity.text };
  return (parts.length > 0 ? parts : [whole]).map(({ label, text }) => ({
    command: shorten(activity.subject, 120),
    programs,
    kind,
    label,
    message:
      failureMessage(text, MESSAGE_MAX) ??
      activity.outcome?.totals ??
      activity.outcome?.message ??
      shorten(text.split("\n").find((line) => line.trim().length > 8) ?? "", 120),
    named: filesNamedIn(text),
    attempts: [],
    tried: [],
    words: [],
    gone: false,
    sources: [activity.key],
  }));
}

/** What was tried, in a few words each, the same only once. */
function asAttempts(tried: readonly Tried[]): string[] {
  return [...new Set(tried.map(({ what }) => what))].slice(-3);
}

/** Notes a command that failed. Mutates `work`, which the caller owns. */
export function noteFailure(work: OpenWork, activity: Activity): void {
  const found = failuresOf(activity);
  const output =
    signature(activity.text.replaceAll("\\n", " ").slice(0, 4_000)) + activity.text.toLowerCase();
  const isSame = (known: OpenFailure, failure: OpenFailure) =>
    known.label === failure.label &&
    known.programs.some((program) => failure.programs.includes(program)) &&
    (signature(known.message) === signature(failure.message) ||
      output.includes(known.message.toLowerCase().slice(0, 60)));
  for (const known of work.failures) {
    if (!known.programs.some((program) => found[0]?.programs.includes(program))) continue;
    const again = found.find((failure) => isSame(known, failure));
    // The same check ran and says something else: what was tried made this failure go away.
    if (again === undefined) known.gone ||= known.tried.length > 0;
    else {
      known.attempts = [...new Set([...known.attempts, ...asAttempts(known.tried)])];
      known.tried = [];
      known.words = [];
      known.gone = false;
      known.message = again.message.length > known.message.length ? again.message : known.message;
      known.sources = [...known.sources.slice(0, 1), activity.key];
    }
  }
  work.failures.push(
    ...found.filter((failure) => !work.failures.some((known) => isSame(known, failure))),
  );
}

/** True where `activity`, which passed, is the failed command or contains it. */
function covers(activity: Activity, failure: OpenFailure): boolean {
  const programs = mainPrograms(activity.programs);
  const same = programs.some((program) => failure.programs.includes(program));
  const alike = failure.kind !== null && checkKind(programs) === failure.kind;
  if (!same && !alike) return false;
  if (!isNarrow(activity.subject) || activity.subject === failure.command) return true;
  if (same && isNarrow(failure.command)) return true;
  // A part of it passed: the part that had failed?
  return failure.named.some((name) => activity.subject.includes(name));
}

/** True where `activity` runs the check that a hook calls `label`. */
function runsLabelled(activity: Activity, label: string | null): boolean {
  if (label === null) return false;
  return activity.programs.join(" ").toLowerCase().includes(label.toLowerCase());
}

/** Takes the failures out of `work` that `activity`, which passed, proves to be over. */
export function takeResolved(work: OpenWork, activity: Activity): OpenFailure[] {
  const resolved = work.failures.filter((failure) => covers(activity, failure));
  work.failures = work.failures.filter((failure) => !resolved.includes(failure));
  for (const failure of work.failures) {
    if (runsLabelled(activity, failure.label)) failure.gone = true;
  }
  return resolved;
}

/** Notes something that was done while failures are open. */
export function noteTried(work: OpenWork, tried: Tried): void {
  for (const failure of work.failures) if (!failure.gone) failure.tried.push(tried);
}

/** What of `tried` has to do with the failure; all of it where nothing tells. */
export function relevantTo(failure: OpenFailure, tried: readonly Tried[]): Tried[] {
  const named = new Set([
    ...nameParts(failure.message),
    ...failure.named.map((name) => name.toLowerCase()),
  ]);
  const about = tried.filter(
    ({ path, about: text }) =>
      (path !== null && named.has(fileName(path).toLowerCase())) ||
      [...nameParts(text)].some((part) => named.has(part)),
  );
  return about.length > 0 ? about : [...tried];
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
