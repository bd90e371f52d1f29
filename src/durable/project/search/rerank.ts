/** From scores to results: age, history and repeats have their say. */

import { readItems, repeatGroups } from "../store/item-queries.ts";
import type { ItemRow } from "../store/item-row.ts";
import type { View } from "../store/visible.ts";
import type { Fused } from "./fuse.ts";
import { SOURCES_SHOWN } from "./hit.ts";
import { WEIGHTS } from "./weights.ts";

/** A found item and how well it fits. */
export interface Ranked {
  row: ItemRow;
  /** About 0 to 1. */
  score: number;
  channels: string[];
  /** Places of the phrasings that found it, from 1. */
  phrasings: number[];
  /** Numbers of all observations that say the same, newest first, where there are several. */
  repeats: number[];
}

/** History stands behind what replaced it. */
const SUPERSEDED_FACTOR = 0.5;
/** Key of an event whose text is found in parts: a compaction, with the agent's own summary. */
const PART_SOURCE = "compact:";
/** A mere request tells less than what came of it. */
const PROMPT_FACTOR = 0.7;

/**
 * The rows of what was found, best first. Repeats become one row, the newest of them. With
 * `follow`, what was found leads to what replaced it and to its newest repeat, wherever they rank.
 */
export function rerank(view: View, fused: Fused[], follow: boolean): Ranked[] {
  const rows = new Map(
    readItems(
      view,
      fused.map(({ id }) => id),
    ).map((row) => [row.n, row]),
  );
  const firsts = [...new Set([...rows.values()].map((row) => row.repeats ?? row.n))];
  const groups = repeatGroups(view, firsts);
  if (follow) addLinked(view, rows, groups);
  const shown = new Map<number, Ranked>();
  const show = (row: ItemRow, score: number, { channels, phrasings }: Fused) => {
    const first = row.repeats ?? row.n;
    const group = groups.get(first);
    const all = group === undefined ? [] : [...group, first];
    const newest = all.map((n) => rows.get(n)).find((one) => one !== undefined) ?? row;
    const known = shown.get(first);
    if (known !== undefined) {
      known.score = Math.max(known.score, score);
      known.channels = [...new Set([...known.channels, ...channels])];
      known.phrasings = [...new Set([...known.phrasings, ...phrasings])].sort();
      return;
    }
    shown.set(first, { row: newest, score, channels, phrasings, repeats: all });
  };
  for (const found of fused) {
    const row = rows.get(found.id);
    if (row === undefined) continue;
    let final = found.score;
    if (row.kind === "prompt") final *= PROMPT_FACTOR;
    else if (row.activity === true) final *= WEIGHTS.activity;
    const successor = row.superseded_by === null ? undefined : rows.get(row.superseded_by);
    if (successor !== undefined) show(successor, final, found);
    const stands = row.superseded_by === null && row.withdrawn === null;
    show(row, stands ? final : final * SUPERSEDED_FACTOR, found);
  }
  return spread(withoutParts(bestFirst([...shown.values()])));
}

function bestFirst(ranked: Ranked[]): Ranked[] {
  return ranked.sort((a, b) => b.score - a.score || b.row.created_at - a.row.created_at);
}

/** What leads only to events that better results lead to stands a little further down. */
function spread(ranked: Ranked[]): Ranked[] {
  const told = new Set<string>();
  for (const hit of ranked) {
    const events = hit.row.content.sources
      .slice(0, SOURCES_SHOWN)
      .map((source) => `${hit.row.session} ${source}`);
    if (events.length > 0 && events.every((event) => told.has(event))) hit.score *= WEIGHTS.told;
    for (const event of events) told.add(event);
  }
  return bestFirst(ranked);
}

/**
 * Of a text that is found whole and by its parts, what fits best: all of them lead to the same
 * event, and would fill a page with it.
 */
function withoutParts(ranked: Ranked[]): Ranked[] {
  const told = new Set<string>();
  return ranked.filter(({ row }) => {
    const [source = "", ...others] = row.content.sources;
    if (row.kind !== "observation" || row.activity !== true) return true;
    if (others.length > 0 || !source.startsWith(PART_SOURCE)) return true;
    const text = `${row.session} ${source}`;
    if (told.has(text)) return false;
    told.add(text);
    return true;
  });
}

/** Reads what replaced the rows, and the newest repeat of each. */
function addLinked(view: View, rows: Map<number, ItemRow>, groups: Map<number, number[]>): void {
  const linked = new Set<number>();
  for (const { superseded_by } of rows.values()) {
    if (superseded_by !== null) linked.add(superseded_by);
  }
  for (const [newest] of groups.values()) if (newest !== undefined) linked.add(newest);
  const missing = [...linked].filter((n) => !rows.has(n));
  for (const row of readItems(view, missing)) rows.set(row.n, row);
}
