/** One page of a project's items, as the list routes answer it. */

import type { Caller } from "../access/caller.ts";
import type { Page } from "../contract/items.ts";
import { cursorOf, filtersOf } from "../contract/params.ts";
import type { ListQuery, ProjectObject } from "../durable/project/project-object.ts";
import type { Filters } from "../durable/project/search/query.ts";
import { projectStub, requestedProject } from "./project-lookup.ts";

type PageRequest = { project: string; limit: number; cursor: number | null } & {
  [Name in keyof Filters]?: Filters[Name] | undefined;
};

/** `{"items", "next"}`; empty for a project that does not exist, which creates nothing. */
export async function listPage<Item>(
  env: Env,
  caller: Caller,
  query: PageRequest,
  read: (stub: DurableObjectStub<ProjectObject>, page: ListQuery) => Promise<Page<Item>>,
): Promise<{ items: Item[]; next: string | null }> {
  const project = await requestedProject(env, caller, query.project);
  if (project === null) return { items: [], next: null };
  const { cursor, limit } = query;
  const page = await read(projectStub(env, caller, project), {
    project,
    filters: filtersOf(query),
    before: cursor,
    limit,
  });
  return { items: page.items, next: cursorOf(page.next) };
}
