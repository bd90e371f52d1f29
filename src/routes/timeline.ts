/** `GET /v1/timeline`: what happened around an item, or around the best match of a query. */
import { Hono } from "hono";
import { z } from "zod";
import { ApiError } from "../contract/errors.ts";
import { count } from "../contract/params.ts";
import { QUERY_MAX_CHARS } from "../durable/project/search/query.ts";
import type { AppEnv } from "../http/app-env.ts";
import { parseQuery } from "../http/body.ts";
import { callContext } from "../http/call-context.ts";
import { requestedProject } from "../service/project-lookup.ts";
import { timelineAround, timelineOfMatch } from "../service/timeline.ts";

export const timelineRoutes = new Hono<AppEnv>();

const NEIGHBOURS_MAX = 50;

const QuerySchema = z.object({
  around: z.string().optional(),
  q: z.string().max(QUERY_MAX_CHARS).optional(),
  project: z.string().optional(),
  before: count(5, NEIGHBOURS_MAX, 0),
  after: count(5, NEIGHBOURS_MAX, 0),
});

timelineRoutes.get("/", async (c) => {
  const { around, q, project: name, before, after } = parseQuery(c, QuerySchema);
  const call = callContext(c);
  if (around !== undefined) return c.json(await timelineAround(call, around, { before, after }));
  if (q === undefined || q.trim() === "" || name === undefined || name === "") {
    throw new ApiError(
      400,
      "invalid_request",
      "send around=<id>, or q=<words> with project=<name>",
    );
  }
  const project = await requestedProject(call, name);
  if (project === null) return c.json({ anchor: null, items: [] });
  return c.json(await timelineOfMatch(call, q, project, { before, after }));
});
