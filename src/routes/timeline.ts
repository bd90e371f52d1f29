/** `GET /v1/timeline`: what happened around an item, or around the best match of a query. */
import { Hono } from "hono";
import { ApiError } from "../contract/errors.ts";
import { TIMELINE_EXAMPLE } from "../contract/examples.ts";
import { TimelineQuery } from "../contract/params.ts";
import { TimelineSchema } from "../contract/recall.ts";
import type { AppEnv } from "../http/app-env.ts";
import { route } from "../http/described-route.ts";
import { requestedProject } from "../service/project-lookup.ts";
import { timelineAround, timelineOfMatch } from "../service/timeline.ts";

export const timelineRoutes = new Hono<AppEnv>();

timelineRoutes.get(
  "/",
  route(
    {
      summary: "What happened around an item, or around the best match of a query",
      query: TimelineQuery,
      answer: TimelineSchema,
      errors: ["invalid_id", "invalid_project", "unknown_id"],
      example: { request: "/v1/timeline?around=3-4567&before=0&after=0", answer: TIMELINE_EXAMPLE },
    },
    async (call, { query: { around, q, project: name, before, after } }) => {
      if (around !== undefined) return await timelineAround(call, around, { before, after });
      if (q.every((text) => text.trim() === "") || name === undefined || name === "") {
        throw new ApiError("invalid_request", "send around=<id>, or q=<words> with project=<name>");
      }
      const project = await requestedProject(call, name);
      if (project === null) return { anchor: null, items: [] };
      return await timelineOfMatch(call, q, project, { before, after });
    },
  ),
);
