/** `/v1/usage`: the tokens that the team's calls to providers used, by the providers' own figures. */

import { Hono } from "hono";
import { UsageQuery } from "../contract/params.ts";
import type { AppEnv } from "../http/app-env.ts";
import { parseQuery } from "../http/body.ts";
import { callContext } from "../http/call-context.ts";
import { usage } from "../service/usage.ts";

/** Behind the authentication; to be mounted at `/v1/usage`. */
export const usageRoutes = new Hono<AppEnv>();

/**
 * `?since=&until=` are UTC days, both included (default: the last 30 days); `?by=` is a list of
 * `day`, `project`, `provider`, `model`, `session` (default: the first four). Usage is kept for 90 days.
 */
usageRoutes.get("/", async (c) => {
  return c.json(await usage(callContext(c), parseQuery(c, UsageQuery)));
});
