/** `GET /v1/timeline`: what happened around an item, or around the best match of a query. */

import { Hono } from "hono";
import { z } from "zod";
import { readerOf } from "../access/caller.ts";
import { ApiError } from "../contract/errors.ts";
import { count } from "../contract/params.ts";
import { QUERY_MAX_CHARS } from "../durable/project/search/query.ts";
import type { AppEnv } from "../http/app-env.ts";
import { parseQuery } from "../http/body.ts";
import { locateItem, projectStub, requestedProject } from "../service/project-lookup.ts";

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
  const caller = c.get("caller");
  const now = c.get("arrivedAt");
  if (around !== undefined) {
    const located = await locateItem(c.env, caller, around);
    const timeline = await located?.stub.timeline(readerOf(caller), {
      project: located.project,
      around: located.n,
      before,
      after,
      now,
    });
    if (timeline == null) {
      throw new ApiError(404, "unknown_id", "there is no such item: it was deleted or never was");
    }
    return c.json(timeline);
  }
  if (q === undefined || q.trim() === "" || name === undefined || name === "") {
    throw new ApiError(
      400,
      "invalid_request",
      "send around=<id>, or q=<words> with project=<name>",
    );
  }
  const project = await requestedProject(c.env, caller, name);
  if (project === null) return c.json({ anchor: null, items: [] });
  const stub = projectStub(c.env, caller, project);
  return c.json(
    await stub.timeline(readerOf(caller), { project, around: { q }, before, after, now }),
  );
});
