/** `GET /v1/search`: one project, or all that the key may read, asked side by side. */
import { Hono } from "hono";
import { z } from "zod";
import { count, filterParams, filtersOf, oneOf } from "../contract/params.ts";
import { QUERY_MAX_CHARS } from "../durable/project/search/query.ts";
import type { AppEnv } from "../http/app-env.ts";
import { parseQuery } from "../http/body.ts";
import { callContext } from "../http/call-context.ts";
import { requestedProject } from "../service/project-lookup.ts";
import { searchMemory } from "../service/search.ts";

export const searchRoutes = new Hono<AppEnv>();

const QuerySchema = z.object({
  q: z
    .string({ error: "is required: the words to search for" })
    .max(QUERY_MAX_CHARS, `is longer than ${QUERY_MAX_CHARS} characters: search for fewer words`),
  project: z.string().optional(),
  kind: oneOf(["observation", "summary", "prompt"]).optional(),
  ...filterParams,
  limit: count(10, 50),
});

searchRoutes.get("/", async (c) => {
  const query = parseQuery(c, QuerySchema);
  const call = callContext(c);
  const filters = filtersOf(query);
  if (query.kind !== undefined) filters.kind = query.kind;
  const project = query.project ? await requestedProject(call, query.project) : undefined;
  if (project === null) return c.json({ items: [] });
  return c.json(await searchMemory(call, project, { q: query.q, filters, limit: query.limit }));
});
