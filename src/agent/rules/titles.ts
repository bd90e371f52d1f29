/** Titles that a person would write: what it is about first, never the name of a tool. */
import { fileName } from "../../memory/paths.ts";
import type { Activity } from "./activity.ts";
import { answersOf } from "./answers.ts";
import { editTitle, repairTitle, shortName } from "./change-words.ts";
import { commitOf } from "./commands.ts";
import { definedNames, FILE_COMMENT_LINES, statedPurpose } from "./definitions.ts";
import { capitalised, listed, looksLikeInstruction, plain, shorten } from "./prose.ts";
import type { Repair } from "./repair.ts";

export const TITLE_MAX = 90;

/** Tools whose name is a plain verb, and what a person would write instead. */
const VERBS: [RegExp, string][] = [
  [/^read(?:ing)?\b/i, "Look at"],
  [/^(?:multi)?edit(?:ing)?\b/i, "Change"],
  [/^writ(?:e|ing)\b/i, "Set down"],
  [/^(?:grep|search)\b/i, "Look for"],
  [/^glob\b/i, "Find"],
  [/^fetch\b/i, "Get"],
];
const TOOL_NAME =
  /^(?:bash|shell|read|edit|multiedit|write|grep|glob|ls\b|task|agent\b|webfetch|websearch|fetch|search|todo|skill|notebook|exitplan|askuser|kill|apply_patch|update_plan|run_)/i;

/** A title that does not begin with a tool's name, cut to `TITLE_MAX`. */
export function asTitle(text: string): string {
  let title = plain(text).replace(/[\s.:;,]{1,6}$/, "");
  for (const [verb, instead] of VERBS) title = title.replace(verb, instead);
  title = capitalised(title);
  if (TOOL_NAME.test(title)) title = `About ${title}`;
  return shorten(title, TITLE_MAX);
}

/** The first of `candidates` that is not taken, else the first with a mark that tells it apart. */
export function freeTitle(candidates: string[], taken: Set<string>, at: number): string {
  const titles = candidates.map(asTitle).filter((title) => title.length >= 4);
  const free = titles.find((title) => !taken.has(title.toLowerCase()));
  const base = titles[0] ?? "Work without a name";
  const clock = new Date(at).toISOString().slice(11, 16);
  const marked = (mark: string) => `${shorten(base, TITLE_MAX - mark.length)}${mark}`;
  let title = free ?? marked(` (${clock})`);
  for (let n = 2; taken.has(title.toLowerCase()); n += 1) title = marked(` (${clock}, ${n})`);
  taken.add(title.toLowerCase());
  return title;
}

/** How much an edit changed, in lines. */
function weight({ change, text }: Activity): number {
  return change === null ? text.split("\n").length : change.added.length + change.removed.length;
}

/** Titles for edits and new files, the most specific first. */
function titlesOfChanges(changes: Activity[]): string[] {
  const created = changes.find(({ kind }) => kind === "create");
  const first = created ?? [...changes].sort((a, b) => weight(b) - weight(a))[0];
  if (first === undefined) return [];
  const name = fileName(first.path ?? "a file");
  const others = [...new Set(changes.map(({ path }) => path ?? ""))].filter(
    (p) => p !== first.path,
  );
  const along = others.length > 0 ? `, with ${listed(others.map(fileName), 1)}` : "";
  if (created === undefined) {
    const whole = editTitle(changes.filter(({ path }) => path === first.path));
    const single = changes
      .filter((change) => change !== first)
      .map((change) => editTitle([change]));
    return [`${whole}${along}`, whole, ...single, `${whole}, again`];
  }
  const all = definedNames(created.text, created.path ?? "").map(shortName);
  const tests = all.filter((each) => each.startsWith('"')).map((each) => each.slice(1, -1));
  const names = tests.length > 1 ? tests.slice(1) : all;
  const purpose = statedPurpose(created.text, FILE_COMMENT_LINES);
  const titles = [`New ${name}: ${listed(names, 2)}${along}`, `New ${name}${along}`];
  return purpose === null || looksLikeInstruction(purpose)
    ? titles
    : [`New ${name}: ${purpose}`, ...titles];
}

/** The first line of an output that says something: three words, no progress. */
export function firstTellingLine(output: string): string | null {
  for (const raw of output.split("\n", 200)) {
    const line = plain(raw);
    if (line.length < 12 || line.length > 400 || looksLikeInstruction(line)) continue;
    if (
      /^(?:import|from|use|using|alias|require|package|#include)\b|^(?:compiling|generated|running|getting|on branch|waiting|total \d|warning:|[-=]{3}|[-dl][rwx-]{9}|\d\d:\d\d)/i.test(
        line,
      )
    ) {
      continue;
    }
    if (/[A-Za-z]{2,40}\W{1,4}(?:\S{1,40}\s{1,3}){1,2}\S/.test(line)) return line;
  }
  return null;
}

/** A command as a person would repeat it: without what was done to its output. */
export function commandLine({ subject }: Activity): string {
  return subject
    .replace(/\s{0,4}\d?>{1,2}\s{0,2}(?:&\d|\/dev\/null)/g, "")
    .replace(/\s{0,4}\|\s{0,4}(?:tail|head|less|more)\b[^|;&\n]{0,40}$/, "")
    .trim();
}

/** What a command is called: what the agent said it is for, else its programs. */
export function commandName({ purpose, programs, subject }: Activity): string {
  return purpose ?? (programs.length > 0 ? listed(programs, 2) : shorten(subject, 60));
}

function titlesOfCommand(activity: Activity): string[] {
  const name = commandName(activity);
  const commit = commitOf(activity.text);
  if (commit !== null) {
    return [`Commit ${commit.hash.slice(0, 7)}: ${commit.subject}`, `Commit: ${commit.subject}`];
  }
  const { state, message, totals } = activity.outcome ?? { state: "unknown" };
  if (state === "failed") {
    const why = message ?? totals ?? null;
    return [
      why === null ? `${name} fails` : `${name}: ${why}`,
      `${activity.programs[0] ?? name} fails${why === null ? "" : `: ${why}`}`,
    ];
  }
  const background = /\[goes on in the background/.test(activity.text);
  const told = totals ?? (background ? null : firstTellingLine(activity.text));
  if (background) return [`${name} (in the background)`];
  return told
    ? [`${name}: ${told}`, `${activity.programs[0] ?? name}: ${told}`, name]
    : [state === "passed" ? `${name}: passes` : name, `${name}: ${activity.subject}`];
}

function titlesOfReading(reads: Activity[]): string[] {
  const files = [...new Set(reads.map((read) => fileName(read.path ?? read.subject)))];
  const first = reads[0];
  if (first === undefined) return [];
  const names = reads.flatMap((read) => {
    const stem = fileName(read.path ?? "")
      .replace(/\W.{0,200}$|_/g, "")
      .toLowerCase();
    const own = definedNames(read.text, read.path ?? "").map(shortName);
    // A file's own name is in the title already.
    return own.filter((name) => name.toLowerCase() !== stem).slice(0, reads.length > 1 ? 2 : 3);
  });
  const unique = [...new Set(names)];
  const told = unique.length === 0 ? firstTellingLine(first.text) : null;
  const purpose = reads.length === 1 ? statedPurpose(first.text, FILE_COMMENT_LINES) : null;
  const titles = [
    unique.length > 0
      ? `Inside ${listed(files, 2)}: ${unique.slice(0, 4).join(", ")}`
      : `Inside ${listed(files, 3)}${told === null ? "" : `: ${told}`}`,
    `How ${listed(files, 3)} ${files.length > 1 ? "fit together" : "works"}`,
  ];
  return purpose === null || looksLikeInstruction(purpose)
    ? titles
    : [`How ${files[0]} works: ${purpose}`, ...titles];
}

/** The places that a search found, without the line of nothing. */
export function foundPlaces(text: string): string[] {
  return text
    .split("\n", 200)
    .filter((line) => line.trim() !== "" && !/^\[(?:nothing found|there are more)\]$/.test(line));
}

function titlesOfSearch(activity: Activity): string[] {
  const found = foundPlaces(activity.text);
  const what = `"${shorten(activity.subject, 40)}"`;
  if (found.length === 0)
    return [`No match for ${what}${activity.path ? ` in ${activity.path}` : ""}`];
  const places = found.slice(0, 40).map((line) => fileName(line.split(":", 1)[0] ?? line));
  return [`Where ${what} stands: ${listed([...new Set(places)], 2)}`];
}

/** Titles for one activity, the most specific first. */
export function titlesOf(activity: Activity): string[] {
  const { kind, subject, purpose, text, path } = activity;
  switch (kind) {
    case "create":
    case "edit":
      return titlesOfChanges([activity]);
    case "command":
      return titlesOfCommand(activity);
    case "read":
      return activity.failed
        ? [`${fileName(path ?? subject)} could not be read`]
        : titlesOfReading([activity]);
    case "search":
      return titlesOfSearch(activity);
    case "fetch": {
      const address = subject.replace(/^https?:\/\//, "");
      return [`${firstTellingLine(text) ?? "Page"} (${shorten(address, 40)})`, address];
    }
    case "delegate":
      return [`${purpose ?? shorten(subject, 60)}: findings`, firstTellingLine(text) ?? subject];
    case "ask":
      return [
        ...answersOf(text).map(
          ({ question, answer }) => `“${shorten(answer, 40)}” on: ${question}`,
        ),
        `Asked: ${subject}`,
      ];
    case "other": {
      // `[name: state]` is how a background task's output begins.
      const state = /^\[([^\]\n]{4,120})\]/.exec(text)?.[1];
      const told = state ?? purpose ?? firstTellingLine(text) ?? subject;
      return [told, `${told} (${path ?? activity.tool})`];
    }
  }
}

/** Titles for a whole group whose most telling member is `lead`. */
export function titlesOfGroup(lead: Activity, group: Activity[], repair: Repair | null): string[] {
  const changes = group.filter(
    ({ kind, failed }) => !failed && (kind === "edit" || kind === "create"),
  );
  if (repair !== null) {
    const message = repair.failing.outcome?.message ?? null;
    // What kind of failure it is stands in front of what went wrong, and takes its place in a title.
    const wrong = (message ?? `${commandName(repair.failing)} failed`)
      .replace(/^[\w./-]{1,120}(?:\(\d{1,6},\d{1,6}\)|:\d{1,6}(?::\d{1,6})?):\s{1,4}/, "")
      .replace(/^(?:\*\* )?(?:\(?[\w.]{0,40}error\)?|fatal|\(\w{1,20}\))[:\s]{1,4}/i, "")
      .replace(/\.$/, "");
    const how =
      repair.by.length > 0 ? repairTitle(repair.by) : shorten(commandLine(repair.passing), 40);
    return [
      `${shorten(wrong, 88 - Math.min(how.length, 40))}: ${shorten(how, 40)}`,
      `${how}, against "${wrong}"`,
    ];
  }
  if (changes.includes(lead)) {
    const broken = group
      .slice(0, group.indexOf(lead))
      .findLast(({ outcome }) => outcome?.state === "failed");
    const message = broken?.outcome?.message ?? null;
    const titles = titlesOfChanges(changes);
    const against = message === null ? [] : [`${titles[1] ?? titles[0]}, after: ${message}`];
    return [...against, ...titles];
  }
  if (lead.kind === "read" && !lead.failed) {
    return titlesOfReading(group.filter(({ kind, failed }) => kind === "read" && !failed));
  }
  return [...titlesOf(lead), ...group.filter((member) => member !== lead).flatMap(titlesOf)];
}
