/** `GET /v1/search`: one project, or all that the key may read, asked side by side. */
import { Hono } from "hono";
import { z } from "zod";
import { count, filterParams, filtersOf, oneOf } from "../contract/params.ts";
import { QUERY_MAX_CHARS } from "../durable/project/search/query.ts";
import type { AppEnv } from "../http/app-env.ts";
import { parseQuery } from "../http/body.ts";
import { requestedProject } from "../service/project-lookup.ts";
import { searchMemory } from "../service/search.ts";

export const searchRoutes = new Hono<AppEnv>();

const QuerySchema = z.object({
  q: z
    .string({ error: "is wanted: the words to search for" })
    .max(QUERY_MAX_CHARS, `is longer than ${QUERY_MAX_CHARS} characters: search for fewer words`),
  project: z.string().optional(),
  kind: oneOf(["observation", "summary", "prompt"]).optional(),
  ...filterParams,
  limit: count(10, 50),
});

searchRoutes.get("/", async (c) => {
  const query = parseQuery(c, QuerySchema);
  const caller = c.get("caller");
  const filters = filtersOf(query);
  if (query.kind !== undefined) filters.kind = query.kind;
  const search = { q: query.q, filters, limit: query.limit, now: c.get("arrivedAt") };
  const { project: name } = query;
  const project =
    name === undefined || name === "" ? undefined : await requestedProject(c.env, caller, name);
  if (project === null) return c.json({ items: [] });
  return c.json(await searchMemory(c.env, caller, project, search, c.get("requestId")));
});
