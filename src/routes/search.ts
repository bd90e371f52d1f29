/** `GET /v1/search`: one project, or all that the key may read, asked side by side. */
import { Hono } from "hono";
import { filtersOf, SearchQuery } from "../contract/params.ts";
import type { AppEnv } from "../http/app-env.ts";
import { parseQuery } from "../http/body.ts";
import { callContext } from "../http/call-context.ts";
import { requestedProject } from "../service/project-lookup.ts";
import { searchMemory } from "../service/search.ts";

export const searchRoutes = new Hono<AppEnv>();

searchRoutes.get("/", async (c) => {
  const { q, project: name, limit, ...filters } = parseQuery(c, SearchQuery);
  const call = callContext(c);
  const project = name ? await requestedProject(call, name) : undefined;
  if (project === null) return c.json({ items: [] });
  return c.json(await searchMemory(call, project, { q, filters: filtersOf(filters), limit }));
});
