/** `GET /v1/summaries`: what the turns of a project set out to do, found, did and left. */
import { Hono } from "hono";
import { SummariesQuery } from "../contract/params.ts";
import type { AppEnv } from "../http/app-env.ts";
import { parseQuery } from "../http/body.ts";
import { callContext } from "../http/call-context.ts";
import { listSummaries } from "../service/items.ts";

export const summaryRoutes = new Hono<AppEnv>();

summaryRoutes.get("/", async (c) =>
  c.json(await listSummaries(callContext(c), parseQuery(c, SummariesQuery))),
);
