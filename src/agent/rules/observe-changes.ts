/** What was changed and proved or kept: one observation for each part of the work, and one for its commit. */

import type { ObservationType } from "../../contract/vocabulary.ts";
import type { DraftObservation } from "../../memory/observation.ts";
import { fileName } from "../../memory/paths.ts";
import { shortName } from "./change-words.ts";
import { type Content, draft, TITLE_MAX } from "./draft.ts";
import type { PendingChange } from "./open-work.ts";
import {
  asSentence,
  capitalised,
  joined,
  listed,
  looksLikeInstruction,
  plain,
  sentences,
  shorten,
  unwrapped,
} from "./prose.ts";
import { sectionsOf } from "./sections.ts";
import { commitSubject } from "./shell.ts";
import { withoutTotality } from "./totality.ts";
import { codeNames, isLooking, isProcess, nameParts } from "./words.ts";

/** A commit that was made, with what its message says. */
export interface Commit {
  key: string;
  at: number;
  hash: string;
  branch: string;
  subject: string;
  body: string;
}

/** Files that belong together, and what was said of them. */
interface Part {
  name: string;
  changes: PendingChange[];
  points: string[];
}

const TESTS = /(?:^|\/)(?:tests?|spec|__tests__|e2e)\/|[._-](?:test|spec)\.\w+$/i;
const DOCS = /\.(?:md|mdx|rst|adoc|txt)$|(?:^|\/)docs?\//i;
const SETTINGS =
  /(?:^|\/)(?:config|\.github|\.circleci)\/|\.(?:json|ya?ml|toml|ini|env|lock|cfg)$|(?:^|\/)(?:mix\.exs|Dockerfile|Makefile|.*\.config\.\w+)$/i;
const SECURITY =
  /auth(?:entic|oriz|[_/.-])|permission|csrf|xss|sanitiz|sanitis|encrypt|credential|vulnerab|redact/i;
/** Less than this many changed lines is told along with the rest. */
const SMALL_LINES = 6;
const FILES_PER_PART = 4;

function partName({ path, created }: PendingChange): string {
  if (TESTS.test(path)) return "tests";
  if (DOCS.test(path)) return "docs";
  if (SETTINGS.test(path)) return "settings";
  return created ? path : path.split(/[\\/]/).slice(0, -1).join("/");
}

function partsOf(changes: readonly PendingChange[]): Part[] {
  const parts: Part[] = [];
  for (const change of changes) {
    const name = partName(change);
    const open = parts.find((part) => part.name === name && part.changes.length < FILES_PER_PART);
    if (open === undefined) parts.push({ name, changes: [change], points: [] });
    else open.changes.push(change);
  }
  return parts;
}

/** Sentences and list points of a text, each by itself. */
function pointsOf(text: string): string[] {
  const points = sectionsOf(unwrapped(text)).flatMap((section) => [
    ...section.paragraphs.flatMap((paragraph) => sentences(paragraph, 8)),
    ...section.items.map(({ text: head, raw }) => {
      const below = raw
        .split("\n")
        .slice(1, 6)
        .map(plain)
        .filter((line) => line !== "");
      return below.length === 0 ? head : `${head.replace(/:$/, "")}: ${below.join("; ")}`;
    }),
  ]);
  return points.map(withoutTotality);
}

/** Least share of a point's names that has to tell for it to belong to a part. */
const BELONGS_MIN = 0.45;

/** A file's name as people write it in a sentence: whole, or its stem where that is no plain word. */
function spokenNames({ path }: PendingChange): string[] {
  const name = fileName(path);
  const stem = name.replace(/\.\w{1,5}$/, "");
  return /[_-]|\p{Ll}\p{Lu}/u.test(stem) ? [name, stem] : [name];
}

/** Gives each of `points` to the part that it names most of; those that name none are left. */
function attribute(points: readonly string[], parts: Part[]): string[] {
  const namesIn = points.map((point) => [...nameParts(point)]);
  // What many points name says of none where it belongs.
  const worth = (name: string) => 1 / namesIn.filter((names) => names.includes(name)).length;
  const known = parts.map(({ changes }) => ({
    files: changes.flatMap(spokenNames),
    names: nameParts(
      changes
        .flatMap(({ path, names, lines }) => [
          path,
          ...names.map((name) => `\`${name}\``),
          ...lines,
        ])
        .join(" "),
    ),
  }));
  return points.filter((point, at) => {
    const scores = known.map(
      ({ files, names }) =>
        (files.some((file) => point.includes(file)) ? 3 : 0) +
        (namesIn[at] ?? []).reduce((sum, name) => sum + (names.has(name) ? worth(name) : 0), 0),
    );
    const best = Math.max(0, ...scores);
    const part = parts[scores.indexOf(best)];
    if (best < BELONGS_MIN || part === undefined) return true;
    part.points.push(point);
    return false;
  });
}

/** Values and calls that any program has. */
const ANYWHERE =
  /^(?:true|false|null|nil|none|undefined|unknown|string|number|error|default|utf-?8|self|this|is_\w+|\w+\.t\(\)|(?:String|Enum|List|Map|Array|Object|JSON|Math|console|System|Logger)\..*)$/i;

/** Names and literals of the lines, the most telling forms first, as many as fit. */
function mentions(change: PendingChange, max: number): string {
  const said = new Set(change.names.map(shortName));
  const found = change.lines
    .flatMap((line) => [
      ...[...line.matchAll(/["'`]([\p{L}\p{N}@:][\p{L}\p{N}_./:@ -]{3,50})["'`]/gu)].map(
        ([, text = ""]) => text,
      ),
      ...codeNames(line.replace(/["'`][^"'`]*["'`]/g, " ")),
    ])
    .filter(
      (name) =>
        name.length > 3 &&
        name.length < 50 &&
        !said.has(name) &&
        !ANYWHERE.test(name) &&
        !said.has(name.replace(/\(\)$/, "")),
    );
  let text = "";
  for (const name of new Set(found)) {
    if (text.length + name.length + 2 > max) continue;
    text += `${text === "" ? "" : ", "}${name}`;
  }
  return text;
}

/** Facts of one file: what it defines, what it names, and short changes as they stand. */
export function factsOfChange(change: PendingChange): string[] {
  const { path, created, lines, was, names, gone, size, purpose } = change;
  const facts: string[] = [];
  if (size <= 8 && lines.length > 0 && lines.join(" ").length <= 150) {
    const before = was.length > 0 && was.join(" ").length <= 60 ? ` (was ${was.join(" ")})` : "";
    return [`${path}: ${lines.join(" ")}${before}`];
  }
  const shown = names.map(shortName).map((name) => name.replace(/^"|"$/g, ""));
  const about = created && purpose !== null ? `${path} (new): ${purpose}` : path;
  const has = shown.length > 0 ? ` ${created ? "has" : "adds"} ${listed(shown, 6)}` : "";
  const lost =
    gone.length > 0 ? `${has === "" ? "" : ","} without ${listed(gone.map(shortName), 3)}` : "";
  if (`${has}${lost}` !== "") facts.push(`${created ? `${path} (new)` : path}${has}${lost}`);
  else if (lines[0] !== undefined) facts.push(`${path}: ${shorten(lines.join(" "), 150)}`);
  if (about !== path) facts.push(about);
  const named = mentions(change, 150);
  if (named !== "") facts.push(`In ${fileName(path)}: ${named}`);
  return facts;
}

/** The names by which words may speak of `changes`: of its files, definitions and lines. */
function namesOf(changes: readonly PendingChange[]): Set<string> {
  return nameParts(
    changes
      .flatMap(({ path, names, gone, lines, was }) => [
        path,
        `\`${fileName(path).replace(/\.\w{1,5}$/, "")}\``,
        ...[...names, ...gone].map((name) => `\`${name}\``),
        ...lines,
        ...was,
      ])
      .join(" "),
  );
}

/**
 * What the agent set out to do, where that says enough to stand by itself: it names something that
 * was changed. `Create all the files` is said of any work.
 */
function plansOf(changes: readonly PendingChange[]): string[] {
  const known = namesOf(changes);
  const plans = changes.flatMap((change) => change.plans.map(({ text }) => text));
  return [...new Set(plans)].filter(
    (plan) =>
      plan.length >= 25 &&
      !looksLikeInstruction(plan) &&
      !isLooking(plan) &&
      !isProcess(plan) &&
      [...nameParts(plan)].some((part) => known.has(part)),
  );
}

function titleOf(part: Part): string[] {
  const { changes } = part;
  const first = [...changes].sort((a, b) => b.size - a.size)[0];
  if (first === undefined) return [];
  const name = fileName(first.path);
  const names = first.names.map(shortName).map((each) => each.replace(/^"|"$/g, ""));
  const others = changes.filter((change) => change !== first).map(({ path }) => fileName(path));
  const along = others.length > 0 ? `, with ${listed(others, 1)}` : "";
  const titles: string[] = [];
  const point = part.points.find((each) => each.length <= TITLE_MAX * 1.6);
  if (first.created && first.purpose !== null) titles.push(`New ${name}: ${first.purpose}`);
  if (point !== undefined) titles.push(point);
  const plan = plansOf(changes).sort((a, b) => codeNames(b).length - codeNames(a).length)[0];
  if (plan !== undefined) titles.push(capitalised(plan));
  if (part.name === "tests" && names.length > 0)
    titles.push(`Tests in ${name}: ${listed(names.slice(names.length > 2 ? 1 : 0), 2)}`);
  if (names.length > 0)
    titles.push(
      `${first.created ? `New ${name}:` : "Add"} ${listed(names, 3)}${first.created ? "" : ` to ${name}`}${along}`,
    );
  if (first.gone.length > 0)
    titles.push(`Remove ${listed(first.gone.map(shortName), 3)} from ${name}`);
  const other = changes.find((change) => change.names.length > 0);
  if (names.length === 0 && other !== undefined) {
    const added = listed(other.names.map(shortName), 3);
    titles.push(
      `${other.created ? "New" : "Add"} ${added} in ${fileName(other.path)}, with ${name}`,
    );
  }
  const line = first.lines[0];
  if (line !== undefined) titles.push(`${name}: ${line}`);
  titles.push(`${first.created ? "New" : "Changed"} ${name}${along}`);
  return titles;
}

function typeOf(part: Part, kind: string | null): ObservationType {
  const text = part.changes.flatMap(({ path, names }) => [path, ...names]).join(" ");
  if (part.name === "tests" || part.name === "docs" || part.name === "settings") return "change";
  if (SECURITY.test(text)) return "security";
  if (kind === "refactor") return "refactor";
  return part.changes.some(({ created, names }) => created || names.length > 0)
    ? "feature"
    : "change";
}

const KINDS: Record<string, ObservationType> = {
  feat: "feature",
  feature: "feature",
  fix: "bugfix",
  bugfix: "bugfix",
  hotfix: "bugfix",
  refactor: "refactor",
  security: "security",
};

function indexOf(changes: readonly PendingChange[]): string {
  return changes
    .flatMap(({ path, names, lines, plans }) => [
      path,
      ...names,
      ...lines,
      ...plans.map(({ text }) => text),
    ])
    .join("\n");
}

const latest = (changes: readonly PendingChange[]) => Math.max(...changes.map(({ at }) => at));
const keysOf = (changes: readonly PendingChange[]) =>
  [...changes].sort((a, b) => b.size - a.size).flatMap(({ keys }) => keys.slice(-1));

function partContent(part: Part, kind: string | null): Content {
  const { changes, points } = part;
  const reasons = plansOf(changes).map(capitalised);
  const lists = changes.map(factsOfChange);
  // In turns, so that the last file is not lost.
  const facts = [0, 1, 2].flatMap((round) => lists.flatMap((list) => list[round] ?? []));
  const narrative = joined([...points, ...(points.length > 0 ? [] : reasons)], 480);
  return {
    type: typeOf(part, kind),
    titles: titleOf(part),
    subtitle: listed(
      changes.map(({ path }) => path),
      3,
    ),
    narrative: narrative === "" ? asSentence(facts[0] ?? "") : narrative,
    facts,
    concepts: ["what-changed"],
    sources: [
      ...keysOf(changes),
      ...changes.flatMap(({ plans }) => plans.slice(-1).map(({ key }) => key)),
    ],
    index: indexOf(changes),
    at: latest(changes),
  };
}

/** What a commit holds that is not told by one of its parts. */
function commitContent(
  commit: Commit,
  points: readonly string[],
  small: readonly PendingChange[],
  all: readonly PendingChange[],
): Content {
  const { kind, text: subject } = commitSubject(commit.subject);
  const text = withoutTotality(subject);
  const body = pointsOf(commit.body);
  const facts = [
    ...points.filter((point) => point.length > 12),
    ...small.flatMap((change) => factsOfChange(change).slice(0, 1)),
    ...body.filter((point) => !points.includes(point)),
  ];
  return {
    type: KINDS[kind ?? ""] ?? "change",
    titles: [capitalised(text), `${capitalised(text)} (${commit.hash.slice(0, 7)})`],
    subtitle: `Commit ${commit.hash.slice(0, 9)} on ${commit.branch}`,
    narrative: joined(
      [...body.slice(0, 8), ...(body.length === 0 ? [capitalised(text)] : [])],
      520,
    ),
    facts,
    concepts: body.length > 0 ? ["what-changed", "why-it-exists"] : ["what-changed"],
    sources: [commit.key, ...keysOf(all)],
    index: [commit.subject, commit.body, indexOf(all)].join("\n"),
    at: commit.at,
  };
}

/** True for changes that nobody spoke of and that define nothing. */
function saysNothing(changes: readonly PendingChange[]): boolean {
  return changes.every(({ names }) => names.length === 0) && plansOf(changes).length === 0;
}

/**
 * Observations of what was changed until a commit, or until the end of a turn (`commit` null).
 * `said` are points that a closing message makes of it.
 */
export function observeChanges(
  changes: readonly PendingChange[],
  commit: Commit | null,
  said: readonly string[],
  taken: Set<string>,
): DraftObservation[] {
  const real = changes.filter(
    ({ lines, names, gone, was }) => lines.length + names.length + gone.length + was.length > 0,
  );
  const parts = partsOf(real);
  const points = commit === null ? said : pointsOf(commit.body);
  const left = attribute(points, parts);
  const sizeOf = ({ changes: files }: Part) => files.reduce((sum, { size }) => sum + size, 0);
  const isSmall = (part: Part) =>
    sizeOf(part) < SMALL_LINES &&
    (commit !== null || (part.points.length === 0 && saysNothing(part.changes)));
  const kind = commit === null ? null : commitSubject(commit.subject).kind;
  if (commit !== null && parts.length <= 1) {
    return [draft(commitContent(commit, points, real, real), taken)];
  }
  const told = parts.filter((part) => !isSmall(part));
  const small = commit === null ? [] : parts.filter(isSmall);
  const drafts: DraftObservation[] = [];
  if (commit !== null) {
    const rest = small.flatMap((part) => part.points);
    drafts.push(
      draft(
        commitContent(
          commit,
          [...left, ...rest],
          small.flatMap((part) => part.changes),
          real,
        ),
        taken,
      ),
    );
  }
  for (const part of told) drafts.push(draft(partContent(part, kind), taken));
  return drafts;
}
