/** `GET /v1/timeline`: what happened around an item, or around the best match of a query. */
import { Hono } from "hono";
import { ApiError } from "../contract/errors.ts";
import { TimelineQuery } from "../contract/params.ts";
import type { AppEnv } from "../http/app-env.ts";
import { parseQuery } from "../http/body.ts";
import { callContext } from "../http/call-context.ts";
import { requestedProject } from "../service/project-lookup.ts";
import { timelineAround, timelineOfMatch } from "../service/timeline.ts";

export const timelineRoutes = new Hono<AppEnv>();

timelineRoutes.get("/", async (c) => {
  const { around, q, project: name, before, after } = parseQuery(c, TimelineQuery);
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
