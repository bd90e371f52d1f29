/** `GET /v1/summaries`: what the turns of a project set out to do, found, did and left. */
import { Hono } from "hono";
import { z } from "zod";
import { CursorParam, count, filterParams, ProjectParam } from "../contract/params.ts";
import type { AppEnv } from "../http/app-env.ts";
import { parseQuery } from "../http/body.ts";
import { callContext } from "../http/call-context.ts";
import { listSummaries } from "../service/items.ts";

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

summaryRoutes.get("/", async (c) =>
  c.json(await listSummaries(callContext(c), parseQuery(c, ListSchema))),
);
