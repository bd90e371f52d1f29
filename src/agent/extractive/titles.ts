/** Titles that a person would write: what it is about first, never the name of a tool. */
import { fileName } from "../../memory/paths.ts";
import type { Activity } from "./activity.ts";
import { commitOf } from "./commands.ts";
import { definedNames, statedPurpose } from "./definitions.ts";
import { capitalised, listed, looksLikeInstruction, plain, shorten } from "./prose.ts";

export const TITLE_MAX = 90;

/** Tools whose name is a plain verb, and what a person would write instead. */
const VERBS: [RegExp, string][] = [
  [/^read(?:ing)?\b/i, "Look at"],
  [/^edit(?:ing)?\b/i, "Change"],
  [/^(?:multiedit|update)\b/i, "Change"],
  [/^writ(?:e|ing)\b/i, "Set down"],
  [/^grep\b/i, "Look for"],
  [/^glob\b/i, "Find"],
  [/^search\b/i, "Look for"],
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

/** Words of changed lines that say most: identifiers, longest first, none of them in the other lines. */
function distinctiveNames(lines: string[], others: string[]): string[] {
  const known = new Set(others.join("\n").match(/[A-Za-z_][\w.?!]{3,50}/g) ?? []);
  const names = new Set<string>();
  for (const line of lines.slice(0, 60)) {
    for (const name of line.slice(0, 300).match(/[A-Za-z_][\w.?!]{3,50}/g) ?? []) {
      if (!known.has(name) && /[_.A-Z]/.test(name.slice(1))) names.add(name.replace(/\.$/, ""));
    }
  }
  return [...names].sort((a, b) => b.length - a.length).slice(0, 2);
}

/** What an edit did in a few words, without the file: `adds a and b`, `changes c`. */
export function editInWords(activity: Activity): string {
  const change = activity.change;
  if (change === null) return "changes it";
  const { addedNames, removedNames, within, added, removed } = change;
  if (addedNames.length === 1 && removedNames.length === 1) {
    return `${removedNames[0]} becomes ${addedNames[0]}`;
  }
  if (addedNames.length > 0) return `adds ${listed(addedNames, 2)}`;
  if (removedNames.length > 0) return `removes ${listed(removedNames, 2)}`;
  const purpose = statedPurpose(added.join("\n"));
  const names = distinctiveNames(added, removed);
  const place = within.length > 0 ? ` in ${within.at(-1)}` : "";
  if (purpose !== null && purpose.length < 70 && !looksLikeInstruction(purpose)) return purpose;
  if (names.length > 0) return `uses ${listed(names, 2)}${place}`;
  const gone = distinctiveNames(removed, added);
  if (gone.length > 0) return `drops ${listed(gone, 2)}${place}`;
  const line = [...added, ...removed].find((candidate) => /\w{3}/.test(candidate));
  return line === undefined
    ? `changes${place || " layout"}`
    : `${line.trim().slice(0, 60)}${place}`;
}

function commonFolder(paths: string[]): string {
  const parts = paths.map((path) => path.split("/").slice(0, -1));
  const first = parts[0] ?? [];
  const shared = first.filter((part, i) => parts.every((other) => other[i] === part));
  return shared.slice(-2).join("/");
}

/** Titles for edits and new files, the most specific first. */
function titlesOfChanges(changes: Activity[]): string[] {
  const files = [...new Set(changes.map((change) => change.path ?? "a file"))];
  const created = changes.find((change) => change.kind === "create");
  const first = created ?? changes[0];
  if (first === undefined) return [];
  const name = fileName(first.path ?? "a file");
  const others = files.filter((path) => path !== first.path).map(fileName);
  const along = others.length > 0 ? `, with ${listed(others, 1)}` : "";
  if (created !== undefined) {
    const purpose = statedPurpose(created.text);
    const names = definedNames(created.text, created.path ?? "");
    const titles = [`${name}: ${listed(names, 2)}${along}`, `${name} set up${along}`];
    return purpose === null || looksLikeInstruction(purpose)
      ? titles
      : [`${name}: ${purpose}`, ...titles];
  }
  const words = [...new Set(changes.filter((c) => c.path === first.path).map(editInWords))];
  const titles = words.map((word) => `${name} ${word}${along}`);
  titles.push(`${name} ${listed(words, 3)}`);
  if (files.length > 2) titles.push(`${listed(files.map(fileName), 3)} in ${commonFolder(files)}`);
  return titles;
}

/** The first line of an output that says something: three words, no progress. */
export function firstTellingLine(output: string): string | null {
  for (const raw of output.split("\n", 200)) {
    const line = plain(raw);
    if (line.length < 12 || line.length > 400 || looksLikeInstruction(line)) continue;
    if (
      /^(?:compiling|generated|running|getting|on branch|waiting|total \d|warning:|[-=]{3})/i.test(
        line,
      )
    ) {
      continue;
    }
    if (/[A-Za-z]{2,40}\W{1,4}(?:\S{1,40}\s{1,3}){1,2}\S/.test(line)) return line;
  }
  return null;
}

/** What a command is called: what the agent said it is for, else its programs. */
export function commandName(activity: Activity): string {
  return activity.purpose ?? listed(activity.programs, 2) ?? activity.subject;
}

function titlesOfCommand(activity: Activity): string[] {
  const name = commandName(activity);
  const commit = commitOf(activity.text);
  if (commit !== null) {
    return [`Commit ${commit.hash.slice(0, 7)}: ${commit.subject}`, `Commit: ${commit.subject}`];
  }
  const { state, message, totals } = activity.outcome ?? { state: "unknown" };
  if (state === "failed") {
    return [
      message ? `${name}: ${message}` : `${name} fails${totals ? `: ${totals}` : ""}`,
      `${activity.programs[0] ?? name} fails: ${message ?? totals ?? "no message"}`,
    ];
  }
  const told = totals ?? firstTellingLine(activity.text);
  return told
    ? [`${name}: ${told}`, `${activity.programs[0] ?? name}: ${told}`, name]
    : [name, activity.subject];
}

function titlesOfReading(reads: Activity[]): string[] {
  const files = [...new Set(reads.map((read) => fileName(read.path ?? read.subject)))];
  const first = reads[0];
  if (first === undefined) return [];
  const names = [
    ...new Set(reads.flatMap((read) => definedNames(read.text, read.path ?? "").slice(0, 4))),
  ];
  const purpose = reads.length === 1 ? statedPurpose(first.text) : null;
  const titles = [
    names.length > 0
      ? `Inside ${listed(files, 2)}: ${listed(names, 3)}`
      : `Inside ${listed(files, 3)}`,
    `How ${listed(files, 3)} ${files.length > 1 ? "fit together" : "works"}`,
  ];
  return purpose === null || looksLikeInstruction(purpose)
    ? titles
    : [`How ${files[0]} works: ${purpose}`, ...titles];
}

function titlesOfSearch(activity: Activity): string[] {
  const found = activity.text.split("\n").filter((line) => line.trim() !== "");
  const what = `"${shorten(activity.subject, 40)}"`;
  if (found.length === 0 || /^no (?:files|matches)/i.test(found[0] ?? "")) {
    return [`No match for ${what}${activity.path ? ` in ${activity.path}` : ""}`];
  }
  const places = found.slice(0, 40).map((line) => fileName(line.split(":", 1)[0] ?? line));
  return [`Where ${what} stands: ${listed([...new Set(places)], 2)}`];
}

/** Titles for one activity, the most specific first. */
export function titlesOf(activity: Activity): string[] {
  switch (activity.kind) {
    case "create":
    case "edit":
      return titlesOfChanges([activity]);
    case "command":
      return titlesOfCommand(activity);
    case "read":
      return activity.failed
        ? [`${activity.path ?? activity.subject} could not be read`]
        : titlesOfReading([activity]);
    case "search":
      return titlesOfSearch(activity);
    case "fetch": {
      const told = firstTellingLine(activity.text);
      const address = activity.subject.replace(/^https?:\/\//, "");
      return [`${told ?? "Page"} (${shorten(address, 40)})`, address];
    }
    case "delegate":
      return [
        `${activity.purpose ?? shorten(activity.subject, 60)}: findings`,
        firstTellingLine(activity.text) ?? activity.subject,
      ];
    case "ask":
      return [shorten(activity.subject, TITLE_MAX)];
    case "other": {
      const told = firstTellingLine(activity.text);
      return [
        activity.purpose ?? told ?? activity.subject,
        `${told ?? activity.subject} (${activity.path ?? activity.tool})`,
      ];
    }
  }
}

/** Titles for a whole group whose most telling member is `lead`. */
export function titlesOfGroup(lead: Activity, group: Activity[], fixed: Activity | null): string[] {
  const changes = group.filter(({ kind }) => kind === "edit" || kind === "create");
  if (fixed !== null) {
    const wrong = fixed.outcome?.message ?? commandName(fixed);
    const change = changes[0];
    const how = change ? `${fileName(change.path ?? "a file")} ${editInWords(change)}` : "";
    return [
      `Fix: ${shorten(wrong, how ? 52 : 80)}${how ? ` (${how})` : ""}`,
      `Fix of ${shorten(wrong, 80)}`,
    ];
  }
  if (lead.kind === "edit" || lead.kind === "create") return titlesOfChanges(changes);
  if (lead.kind === "read" && !lead.failed) {
    return titlesOfReading(group.filter(({ kind, failed }) => kind === "read" && !failed));
  }
  return [...titlesOf(lead), ...group.filter((member) => member !== lead).flatMap(titlesOf)];
}
