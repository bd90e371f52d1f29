/** One observation from one group of activities. */
import type { ToolBody } from "../../memory/event.ts";
import type { Concept, DraftObservation, ObservationType } from "../../memory/observation.ts";
import { fileName } from "../../memory/paths.ts";
import type { Activity } from "./activity.ts";
import { commitOf, verifies } from "./commands.ts";
import { statedPurpose } from "./definitions.ts";
import { answersOf, FACTS_MAX, factsOf, isProse, tellingPoints } from "./facts.ts";
import { indexTextOfActivities } from "./index-text.ts";
import { capitalised, listed, looksLikeInstruction, sentences, shorten } from "./prose.ts";
import { asTitle, commandName, editInWords, freeTitle, titlesOf, titlesOfGroup } from "./titles.ts";

export const NARRATIVE_MAX = 500;
export const SUBTITLE_MAX = 140;

/** A failing command of the group that later passed after a change: what was repaired. */
export function repairedIn(group: Activity[]): Activity | null {
  for (const [i, failing] of group.entries()) {
    if (failing.outcome?.state !== "failed") continue;
    const later = group.slice(i + 1);
    const changed = later.findIndex(({ kind }) => kind === "edit" || kind === "create");
    if (changed === -1) continue;
    const again = later
      .slice(changed + 1)
      .some(
        ({ programs, outcome }) =>
          outcome?.state !== "failed" &&
          programs.some((program) => failing.programs.includes(program)),
      );
    if (again) return failing;
  }
  return null;
}

/** How much an activity tells weeks later. */
function worth(activity: Activity): number {
  const text = Math.min(activity.text.length, 4_000) / 4_000;
  switch (activity.kind) {
    case "ask":
      return 10;
    case "create":
      return 8 + text;
    case "edit":
      return activity.failed ? 2 : 7 + Math.min(activity.change?.added.length ?? 0, 50) / 50;
    case "delegate":
      return 7.5;
    case "command":
      if (activity.outcome?.state === "failed") return 6;
      if (commitOf(activity.text) !== null) return 6.5;
      if (isProse(activity.text)) return 5 + text;
      return verifies(activity.subject) ? 4 : 3 + text;
    case "fetch":
      return 5;
    case "read":
      return activity.failed ? 1 : 3 + text;
    case "search":
      return 2 + text;
    case "other":
      return 1 + text;
  }
}

/** Members of a group, the most telling first; ties in order of time. */
export function byWorth(group: Activity[]): Activity[] {
  return [...group].sort((a, b) => worth(b) - worth(a));
}

const SECURITY =
  /auth(?:entic|oriz|[_/.-])|permission|csrf|xss|sanitiz|sanitis|encrypt|credential|vulnerab|redact/i;

function typeOf(group: Activity[], lead: Activity, fixed: Activity | null): ObservationType {
  if (fixed !== null) return "bugfix";
  if (lead.kind === "ask") return "decision";
  const commit = group.map(({ text }) => commitOf(text)).find((made) => made !== null);
  if (lead.kind === "command" && commit) {
    if (/^\W{0,4}(?:fix|bug|hotfix)/i.test(commit.subject)) return "bugfix";
    if (/^\W{0,4}(?:feat|add)/i.test(commit.subject)) return "feature";
    return /^\W{0,4}refactor/i.test(commit.subject) ? "refactor" : "change";
  }
  if (lead.kind !== "edit" && lead.kind !== "create") return "discovery";
  const changes = group.filter(({ change, kind }) => change !== null || kind === "create");
  const names = changes.flatMap(({ change }) => change?.addedNames ?? []);
  if (SECURITY.test([lead.path, ...names].join(" "))) return "security";
  const broken = group.some(({ outcome }) => outcome?.state === "failed");
  if (broken) return "bugfix";
  const aside =
    /(?:^|\/)(?:tests?|spec|docs?|config)\/|[._](?:test|spec)\.|\.(?:md|json|ya?ml|toml|lock)$/i;
  if (aside.test(lead.path ?? "")) return "change";
  const lines = (which: "added" | "removed") =>
    changes.reduce((sum, { change }) => sum + (change?.[which].length ?? 0), 0);
  if (lead.kind === "create" || names.length > 0) return "feature";
  return lines("removed") > lines("added") ? "refactor" : "change";
}

function conceptsOf(type: ObservationType, group: Activity[], prose: string): Concept[] {
  const concepts: Concept[] = [];
  if (type === "bugfix") concepts.push("problem-solution");
  if (type === "discovery") concepts.push("how-it-works");
  if (type === "decision") concepts.push("why-it-exists");
  if (["feature", "refactor", "change", "security"].includes(type)) concepts.push("what-changed");
  if (group.some(({ outcome }) => outcome?.state === "failed")) concepts.push("gotcha");
  if (/\b(?:instead of|rather than|trade-?off|at the cost of)\b/i.test(prose))
    concepts.push("trade-off");
  if (/\b(?:convention|pattern|same way as|consistent with)\b/i.test(prose))
    concepts.push("pattern");
  return concepts;
}

function sentenceOfChange(activity: Activity): string {
  const file = activity.path ?? "a file";
  if (activity.failed) return `An edit of ${file} failed.`;
  if (activity.kind === "create") {
    const purpose = statedPurpose(activity.text);
    return purpose === null || looksLikeInstruction(purpose)
      ? `${file} was written.`
      : `${file} was written: ${purpose.replace(/\.$/, "")}.`;
  }
  return `${file}: ${editInWords(activity)}.`;
}

function sentenceOfCommand(activity: Activity): string {
  const { state, message, totals } = activity.outcome ?? { state: "unknown" };
  const name = commandName(activity);
  const commit = commitOf(activity.text);
  if (commit !== null) return `Committed as ${commit.hash}: ${commit.subject}.`;
  if (state === "failed")
    return `${name} failed${message ? ` with "${message}"` : totals ? `: ${totals}` : ""}.`;
  if (state === "passed") return `${name} passed${totals ? `: ${totals}` : ""}.`;
  return totals ? `${name}: ${totals}.` : "";
}

/** Two or three sentences: what happened, in order, with what failed and what helped. */
function narrativeOf(group: Activity[], lead: Activity): string {
  const told: string[] = [];
  for (const activity of group) {
    if (activity.kind === "edit" || activity.kind === "create")
      told.push(sentenceOfChange(activity));
    if (activity.kind === "command") told.push(sentenceOfCommand(activity));
    if (activity.kind === "ask") {
      for (const { question, answer } of answersOf(activity.text)) {
        told.push(
          `Asked "${shorten(question, 160)}", the user answered "${shorten(answer, 160)}".`,
        );
      }
    }
  }
  const reads = group.filter(({ kind, failed }) => kind === "read" && !failed);
  if (reads.length > 0) {
    told.push(
      `Looked at ${listed(
        reads.map((read) => read.path ?? read.subject),
        3,
      )}.`,
    );
  }
  for (const search of group.filter(({ kind }) => kind === "search")) {
    told.push(`Looked for "${shorten(search.subject, 60)}".`);
  }
  if (lead.kind === "delegate" || lead.kind === "fetch" || isProse(lead.text)) {
    const from = lead.kind === "delegate" ? "A subagent reported" : "It says";
    const points = tellingPoints(lead.text, 2);
    if (points.length > 0) told.unshift(`${from}: ${sentences(points.join(" "), 3).join(" ")}`);
  }
  const all = told.filter((sentence) => sentence !== "").map(capitalised);
  return shorten([...new Set(all)].join(" "), NARRATIVE_MAX);
}

/** What else the group holds, in a line. */
function subtitleOf(group: Activity[], lead: Activity, title: string): string {
  const rest = group
    .filter((member) => member !== lead)
    .map((member) => asTitle(titlesOf(member)[0] ?? ""))
    .filter((text) => text !== "" && !title.includes(text));
  if (rest.length > 0) return shorten(`With: ${[...new Set(rest)].join("; ")}`, SUBTITLE_MAX);
  return shorten(lead.purpose ?? (lead.path ? fileName(lead.path) : ""), SUBTITLE_MAX);
}

/**
 * The observation that tells of `group`. `taken` holds the session's titles in lower case and
 * gets the new one; `bodies` the tools' own fields by event key.
 */
export function observeActivities(
  group: Activity[],
  bodies: Map<string, ToolBody>,
  taken: Set<string>,
): DraftObservation {
  const fixed = repairedIn(group);
  const ranked = byWorth(group);
  const lead = ranked[0] as Activity;
  const title = freeTitle(titlesOfGroup(lead, group, fixed), taken, lead.at);
  const type = typeOf(group, lead, fixed);
  const narrative = narrativeOf(group, lead);
  const perActivity = ranked.map(factsOf);
  const facts: string[] = [];
  // One fact of each first, then the second ones: a group's last member is not to be lost.
  for (let round = 0; facts.length < FACTS_MAX && round < FACTS_MAX; round += 1) {
    for (const list of perActivity) {
      const fact = list[round];
      if (fact !== undefined && facts.length < FACTS_MAX && !facts.includes(fact)) facts.push(fact);
    }
  }
  return {
    type,
    title,
    subtitle: subtitleOf(group, lead, title),
    narrative: narrative === "" ? shorten(facts.join(". "), NARRATIVE_MAX) : narrative,
    facts,
    concepts: conceptsOf(type, group, narrative),
    sources: ranked.map(({ key }) => key),
    index_text: indexTextOfActivities(group, bodies),
  };
}
