/** `GET /v1/summaries`: what the turns of a project set out to do, found, did and left. */
import { Hono } from "hono";
import { z } from "zod";
import type { AppEnv } from "../http/app-env.ts";
import { parseQuery } from "../http/body.ts";
import { projectStub, requestedProject } from "../http/project-lookup.ts";
import {
  CursorParam,
  count,
  cursorOf,
  filterParams,
  filtersOf,
  ProjectParam,
} from "../http/recall-params.ts";

export const summaryRoutes = new Hono<AppEnv>();

const { session, branch, actor, since, until } = filterParams;
const ListSchema = z.object({
  project: ProjectParam,
  session,
  branch,
  actor,
  since,
  until,
  limit: count(20, 100),
  cursor: CursorParam,
});

summaryRoutes.get("/", async (c) => {
  const query = parseQuery(c, ListSchema);
  const { team } = c.get("caller");
  const project = await requestedProject(c.env, team, query.project);
  if (project === null) return c.json({ items: [], next: null });
  const page = await projectStub(c.env, team, project).summaries({
    project,
    filters: filtersOf(query),
    before: query.cursor,
    limit: query.limit,
  });
  return c.json({ items: page.items, next: cursorOf(page.next) });
});
