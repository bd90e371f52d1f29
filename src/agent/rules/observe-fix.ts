/** A failure with what made it pass, told once the pass is there. */
import type { DraftObservation } from "../../memory/observation.ts";
import type { Activity } from "./activity.ts";
import { type Content, draft } from "./draft.ts";
import { failedName, relevantTo } from "./failures.ts";
import { takesBack } from "./findings.ts";
import { factsOfChange } from "./observe-changes.ts";
import type { OpenFailure, OpenWork, Said, Tried } from "./open-work.ts";
import { capitalised, joined, listed, shorten } from "./prose.ts";
import { FACT_CHARACTERS } from "./telling.ts";
import { bare, codeNames, isExcuse, nameParts, sharesName } from "./words.ts";

/** The message without the place and the class of the error that stand in front of it. */
function wrongOf(message: string): string {
  return message
    .replace(
      /^(?:Error: )?[\w./@-]{1,120}(?:\(\d{1,6},\d{1,6}\)|:\d{1,6}(?::\d{1,6})?):?\s{0,2}/,
      "",
    )
    .replace(/^\s*[-:]\s*/, "")
    .replace(/\.$/, "");
}

/** What was said of the failure and still holds: an excuse is refuted by what helped. */
function wordsOn(failure: OpenFailure, tried: readonly Tried[]): Said[] {
  const kept = failure.words.filter(
    ({ text }, at) =>
      !isExcuse(text) && !failure.words.slice(at + 1).some((later) => takesBack(later.text, text)),
  );
  const about = [failure.message, ...tried.map((each) => each.about)].join(" ");
  const named = kept.filter(({ text }) => sharesName(text, about));
  return named.length > 0 ? named : kept;
}

/** The one that says most of what was wrong: it names most in code, and things of the message. */
function leadOf(words: readonly Said[], message: string): string | null {
  const worth = ({ text }: Said) => codeNames(text).length + (sharesName(text, message) ? 2 : 0);
  const named = words.filter(({ text }) => codeNames(text).length > 0 && text.length >= 30);
  return [...named].sort((a, b) => worth(b) - worth(a))[0]?.text ?? null;
}

/** What was said beside `claim` that names something else in code. */
function furtherWords(words: readonly Said[], claim: string | null): string[] {
  const named = nameParts(claim ?? "");
  return words
    .map(({ text }) => text)
    .filter((text) => {
      if (text === claim) return false;
      const fresh = [...nameParts(text)].filter((part) => !named.has(part));
      for (const part of fresh) named.add(part);
      return fresh.length > 0 || codeNames(text).length === 0;
    });
}

/** True where the form that worked has a flag that the other lacked: `git add -f`. */
function hasNewFlag(before: string, after: string): boolean {
  const flags = after.match(/(?<=\s)--?[a-zA-Z][\w-]*/g) ?? [];
  return flags.some((flag) => !before.includes(flag));
}

/** A name in a message by which a compiler or an interpreter says that it is not there. */
const UNKNOWN_NAME =
  /(?:undefined|undeclared|unresolved|not defined|not found|cannot find|unknown|no such)[^"'`‘“]{0,30}["'`‘“]([^"'`’”]{1,60})["'`’”]|["'`‘“]([^"'`’”]{1,60})["'`’”][^"'`]{0,20}(?:is not defined|was not declared|not found|is undefined|does not exist)|\bundefined: ([\w.]{1,60})|Error: (\S{1,60}) is not defined/i;

/** True where the name that was missing is one that the work itself put in: it only forgot the rest. */
function isSlip({ message }: OpenFailure, tried: readonly Tried[]): boolean {
  const [, a, b, c, d] = UNKNOWN_NAME.exec(message) ?? [];
  const name = a ?? b ?? c ?? d;
  if (name === undefined || !/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name)) return false;
  return tried.some(
    ({ added = [], about }) =>
      added.some((line) => isDefinedIn(line, name)) || isImportedIn(about, name),
  );
}

/** True where a change brings the name in from elsewhere. */
function isImportedIn(about: string, name: string): boolean {
  const imports = about.matchAll(
    /(?<![\p{L}\p{N}_])(?:import|from|use|using|require)(?![\p{L}\p{N}_])([^;]{1,120})/gu,
  );
  return [...imports].some(([, names = ""]) => names.includes(name));
}

/** True for a line that defines the name, or sets it. */
function isDefinedIn(line: string, name: string): boolean {
  const at = line.indexOf(name);
  if (at === -1) return false;
  const after = line.slice(at + name.length);
  return (
    /^\s*(?::=|=(?!=)|:)/.test(after) ||
    /\b(?:import|from|use|def|fn|func|function|class|let|const|var|type)\b/.test(line.slice(0, at))
  );
}

/** True where nothing was learnt: the same command again, or only a formatter in between. */
function isTrivial(failure: OpenFailure, tried: readonly Tried[]): boolean {
  if (failure.words.length > 0 || failure.attempts.length > 0) return false;
  if (tried.length === 0 || failure.message.length < 12) return true;
  if (isSlip(failure, tried)) return true;
  // Another form of a command that is no check: only words make that worth telling.
  if (failure.kind === null && tried.every(({ path }) => path === null)) {
    return !tried.some(({ about }) => hasNewFlag(failure.command, about));
  }
  return failure.kind === "format" || /^format/i.test(failure.label ?? "");
}

/** Characters of a message by which a fix of the same is known. */
const SAME_MESSAGE_CHARS = 40;

/** True where the session told a fix of the same message before: once more teaches nothing. */
function isToldAlready({ message }: OpenFailure, { delivered }: OpenWork): boolean {
  const start = bare(wrongOf(message)).slice(0, SAME_MESSAGE_CHARS);
  return (
    start.length >= SAME_MESSAGE_CHARS / 2 &&
    delivered.some(({ text, isFix }) => isFix === true && bare(text).includes(start))
  );
}

/** What was tried in vain, in as many facts as it needs. */
function attemptFacts(attempts: readonly string[]): string[] {
  const facts: string[] = [];
  for (const attempt of attempts) {
    const last = facts.at(-1);
    const longer = `${last}; ${attempt}`;
    if (last !== undefined && longer.length <= FACT_CHARACTERS) facts[facts.length - 1] = longer;
    else
      facts.push(
        `${last === undefined ? "" : "Also "}${last === undefined ? "T" : "t"}ried without success: ${attempt}`,
      );
  }
  return facts.slice(0, 3);
}

function contentOf(failure: OpenFailure, pass: Activity, work: OpenWork): Content | null {
  const others = (work.checks?.labels ?? []).filter((label) => label !== failure.label);
  // What was done about another check of the same hook is told there.
  const isOfOther = (what: string) =>
    others.some((label) => what.toLowerCase().includes(label.toLowerCase()));
  const tried = relevantTo(failure, failure.tried).filter(({ what }) => !isOfOther(what));
  const attempts = failure.attempts.filter((what) => !isOfOther(what));
  if (isTrivial(failure, tried)) return null;
  if (attempts.length === 0 && isToldAlready(failure, work)) return null;
  const words = wordsOn(failure, tried);
  const edits = tried.filter(({ path }) => path !== null);
  // A change that is short enough stands for itself; what was announced may have come otherwise.
  const how = [...new Set(tried.map(({ what, shows }) => shows || what))].slice(-3);
  const files = [...new Set(edits.map(({ path }) => path ?? ""))];
  const changes = work.changes.filter(({ path }) => files.includes(path));
  const shown = edits
    .map(({ shows }) => shows)
    .filter((text) => text !== "")
    .slice(-3);
  const claim = leadOf(words, failure.message);
  const wrong = wrongOf(failure.message);
  const passed = pass.outcome?.totals ?? "";
  const name = failedName(failure);
  const more = furtherWords(words, claim).map(capitalised);
  const narrative = joined(
    [
      how.length === 0 ? "" : `What helped: ${listed(how, 3)}`,
      ...more.slice(-2),
      claim === null
        ? `${name} had failed with it`
        : `${name} had failed: ${shorten(failure.message, 160)}`,
      `${listed(pass.programs.slice(-2), 2)} then passed${passed === "" ? "" : `: ${passed}`}`,
    ],
    600,
  );
  return {
    type: "bugfix",
    titles: [...(claim === null ? [] : [claim]), wrong, `${shorten(wrong, 60)} (${name})`],
    subtitle: files.length > 0 ? `Fixed in ${listed(files, 2)}` : "",
    narrative,
    facts: [
      ...attemptFacts(attempts),
      ...(shown.length > 0
        ? []
        : changes.flatMap((change) => factsOfChange(change).slice(-2)).slice(0, 3)),
      ...more.slice(0, -2),
    ],
    // What took more than one attempt is what the next one runs into.
    concepts: ["problem-solution", ...(attempts.length > 0 ? (["gotcha"] as const) : [])],
    sources: [
      ...edits.slice(-1).map(({ key }) => key),
      ...words.slice(-1).map(({ key }) => key),
      ...failure.sources.slice(0, 1),
      pass.key,
      ...tried.slice(0, -1).map(({ key }) => key),
    ],
    index: [
      failure.command,
      failure.message,
      ...words.map(({ text }) => text),
      ...how,
      ...tried.map(({ what }) => what),
      ...attempts,
      ...changes.flatMap(({ lines }) => lines),
    ].join("\n"),
    at: pass.at,
  };
}

/** Observations of failures that `pass` proves to be over; none of those that taught nothing. */
export function observeFixes(
  resolved: readonly OpenFailure[],
  pass: Activity,
  work: OpenWork,
  taken: Set<string>,
): DraftObservation[] {
  return resolved.flatMap((failure) => {
    const content = contentOf(failure, pass, work);
    return content === null ? [] : [draft(content, taken)];
  });
}
