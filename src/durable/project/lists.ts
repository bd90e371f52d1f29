/** Pages of what a project holds, newest first, and what a person says of an open point. */
import type { Item } from "../../contract/items.ts";
import type { OpenPoint } from "../../contract/open-points.ts";
import type { Filters } from "../../contract/params.ts";
import type { Page } from "../../contract/schema.ts";
import type { ProjectRef } from "../../memory/delivery.ts";
import { pageOfRows } from "../../platform/page.ts";
import { listItems } from "./store/item-queries.ts";
import {
  changePoint,
  closedByPerson,
  listPoints,
  type PointQuery,
  readPoint,
  reopenedAt,
} from "./store/open-points.ts";
import { showItem, showPoint } from "./store/show-item.ts";
import type { View } from "./store/visible.ts";

export interface ListQuery {
  project: ProjectRef;
  filters: Filters;
  /** Only items with a lower number: where the page before ended. */
  before: number | null;
  limit: number;
}

export interface PointsQuery extends PointQuery {
  project: ProjectRef;
}

/** A person's word on an open point: that it is done, or that it is open. */
export interface Judgement {
  project: ProjectRef;
  n: number;
  done: boolean;
  now: number;
}

/** A page of items of one kind; null, for a project that nothing was written to, is empty. */
export function itemPage<T extends Item>(
  view: View | null,
  { project, filters, before, limit }: ListQuery,
  kind: T["kind"],
): Page<T> {
  if (view === null) return { items: [], next: null };
  const rows = listItems(view, { ...filters, kind }, before, limit + 1);
  return pageOfRows(rows, limit, (row) => showItem(project, row) as T);
}

/** A page of open points; null is empty. */
export function pointPage(view: View | null, query: PointsQuery): Page<OpenPoint> {
  if (view === null) return { items: [], next: null };
  const { project, now, limit } = query;
  const rows = listPoints(view, { ...query, limit: limit + 1 });
  return pageOfRows(rows, limit, (row) => showPoint(project, row, now));
}

/** Notes a person's word; it may be repeated. Null where the person sees no such point. */
export function judgePoint(
  { db, reader }: View,
  { project, n, done, now }: Judgement,
): OpenPoint | null {
  const view = { db, reader };
  if (reader === null || readPoint(view, n) === null) return null;
  changePoint(db, n, done ? closedByPerson(reader.person, now) : reopenedAt(now));
  const row = readPoint(view, n);
  return row === null ? null : showPoint(project, row, now);
}
