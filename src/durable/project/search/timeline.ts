/** What happened around something: observations, prompts and summaries in time order. */

import type { Timeline, TimelineItem } from "../../../contract/recall.ts";
import type { ProjectRef } from "../../../memory/delivery.ts";
import { isoTime } from "../../../platform/time.ts";
import { neighbours, readItem, sessionBorders } from "../store/item-queries.ts";
import { type ItemRow, titleOf } from "../store/item-row.ts";
import { itemId } from "../store/show-item.ts";
import type { View } from "../store/visible.ts";
import { cut, oneLine } from "./hit.ts";

const TITLE_MAX_CHARS = 160;
const DETAIL_MAX_CHARS = 240;

/** The items around `n`, itself among them; null where there is no such item. */
export function timelineAround(
  view: View,
  project: ProjectRef,
  n: number,
  before: number,
  after: number,
): Timeline | null {
  const anchor = readItem(view, n);
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
  return { anchor: itemId(project, n), items };
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
