/** One observation from one group of activities. */
import type { ToolBody } from "../../memory/event.ts";
import type { DraftObservation } from "../../memory/observation.ts";
import { fileName } from "../../memory/paths.ts";
import type { Activity } from "./activity.ts";
import { mergedChange } from "./change-words.ts";
import { byWorth, conceptsOf, typeOf } from "./classification.ts";
import { FACTS_MAX, factsOf } from "./facts.ts";
import { indexTextOfActivities } from "./index-text.ts";
import { NARRATIVE_MAX, narrativeOf } from "./narrative.ts";
import { listed, shorten } from "./prose.ts";
import { repairIn } from "./repair.ts";
import { commandName, freeTitle, titlesOfGroup } from "./titles.ts";

export const SUBTITLE_MAX = 120;

/** What else the group holds, in a line: its other files and what its commands were for. */
function subtitleOf(group: Activity[], lead: Activity, title: string): string {
  const rest = group
    .filter((member) => member !== lead)
    .map((member) => (member.path === null ? commandName(member) : fileName(member.path)))
    .filter((name) => name !== "" && !title.includes(name));
  const names = [...new Set(rest)];
  if (names.length > 0) return shorten(`Also: ${listed(names, 4)}`, SUBTITLE_MAX);
  return shorten(lead.path ?? lead.purpose ?? "", SUBTITLE_MAX);
}

/** The edits of one file as one, where the first of them stands. */
function mergedEdits(ranked: Activity[]): Activity[] {
  const merged: Activity[] = [];
  for (const activity of ranked) {
    const { path, change } = activity;
    const at = merged.findIndex((other) => other.path === path && other.change !== null);
    const before = merged[at];
    if (change === null || activity.failed || before === undefined) merged.push(activity);
    else merged[at] = { ...before, change: mergedChange([before, activity]) };
  }
  return merged;
}

/** Facts of the members in turns, so that the last one is not lost. */
function mixedFacts(ranked: Activity[]): string[] {
  const lists = mergedEdits(ranked).map(factsOf);
  const facts = new Set<string>();
  for (let round = 0; round < FACTS_MAX; round += 1) {
    for (const list of lists) {
      const fact = list[round];
      if (fact !== undefined && facts.size < FACTS_MAX) facts.add(fact);
    }
  }
  return [...facts];
}

/**
 * The observation that tells of `group`, which is not empty. `taken` holds the session's titles
 * in lower case and gets the new one; `bodies` the tools' own fields by event key.
 */
export function observeActivities(
  group: Activity[],
  bodies: Map<string, ToolBody>,
  taken: Set<string>,
): DraftObservation[] {
  const ranked = byWorth(group);
  const lead = ranked[0];
  if (lead === undefined) return [];
  const repair = repairIn(group);
  const title = freeTitle(titlesOfGroup(lead, group, repair), taken, lead.at);
  const type = typeOf(group, lead, repair);
  const narrative = narrativeOf(group, lead, repair);
  const facts = mixedFacts(ranked);
  return [
    {
      type,
      title,
      subtitle: subtitleOf(group, lead, title),
      narrative: narrative === "" ? shorten(facts.join(". "), NARRATIVE_MAX) : narrative,
      facts,
      concepts: conceptsOf(type, group, narrative),
      sources: ranked.map(({ key }) => key),
      index_text: indexTextOfActivities(group, bodies),
    },
  ];
}
