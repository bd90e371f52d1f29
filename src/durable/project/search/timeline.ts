/** What happened around something: observations, prompts and summaries in time order. */

import type { Timeline, TimelineItem } from "../../../contract/recall.ts";
import type { ProjectRef } from "../../../memory/delivery.ts";
import { isoTime } from "../../../platform/time.ts";
import { neighbours, readItem, sessionBorders } from "../store/item-queries.ts";
import { type ItemRow, titleOf } from "../store/item-row.ts";
import { itemId } from "../store/show-item.ts";
import type { View } from "../store/visible.ts";
import { cut, oneLine } from "./hit.ts";
import { rank } from "./search.ts";

const TITLE_MAX_CHARS = 160;
const DETAIL_MAX_CHARS = 240;

export interface TimelineQuery {
  project: ProjectRef;
  /** The number of the item in the middle, or a query whose best match it is. */
  around: number | { q: string; also?: readonly string[] };
  /** How many items before and after it. */
  before: number;
  after: number;
  now: number;
}

export const NO_TIMELINE: Timeline = { anchor: null, items: [] };

/** The items around one, itself among them; null where there is no item of that number. */
export function timeline(view: View, query: TimelineQuery): Timeline | null {
  const { project, around, before, after, now } = query;
  if (typeof around !== "number") {
    const { ranked } = rank(view, { project, ...around, filters: {}, limit: 1, now });
    const [best] = ranked;
    return best === undefined ? NO_TIMELINE : timeline(view, { ...query, around: best.row.n });
  }
  const anchor = readItem(view, around);
  if (anchor === null) return null;
  const rows = [
    ...neighbours(view, anchor, "before", before).reverse(),
    anchor,
    ...neighbours(view, anchor, "after", after),
  ];
  const borders = new Map(
    [...new Set(rows.map((row) => row.session))].map((session) => [
      session,
      sessionBorders(view, session),
    ]),
  );
  const items = rows.map((row) => {
    const item = timelineItem(project, row);
    const { first, last } = borders.get(row.session) ?? { first: null, last: null };
    if (row.n === first) item.session_border = row.n === last ? "both" : "start";
    else if (row.n === last) item.session_border = "end";
    return item;
  });
  return { anchor: itemId(project, around), items };
}

function timelineItem(project: ProjectRef, row: ItemRow): TimelineItem {
  return {
    id: itemId(project, row.n),
    kind: row.kind,
    project: project.name,
    session: row.session,
    type: row.type,
    title: cut(oneLine(titleOf(row)), TITLE_MAX_CHARS),
    detail: cut(oneLine(detailOf(row)), DETAIL_MAX_CHARS),
    prompt_number: row.prompt_number,
    created_at: isoTime(row.created_at),
  };
}

function detailOf(row: ItemRow): string {
  if (row.kind === "observation") return row.content.subtitle;
  if (row.kind === "prompt") return "";
  const { completed, next_steps } = row.content;
  return next_steps === "" ? completed : `${completed} Next: ${next_steps}`.trim();
}
