/** `/v1/usage`: the tokens that the team's calls to providers used, by the providers' own figures. */

import { Hono } from "hono";
import { z } from "zod";
import { utcDay } from "../durable/team/budget.ts";
import { USAGE_DIMENSIONS, type UsageDimension } from "../durable/team/budget-store.ts";
import type { AppEnv } from "../http/app-env.ts";
import { parseQuery } from "../http/body.ts";
import { callContext } from "../http/call-context.ts";
import { usage } from "../service/usage.ts";

const DEFAULT_BY: UsageDimension[] = ["day", "project", "provider", "model"];

const Day = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], {
    error: "must be a day as YYYY-MM-DD, or an ISO time",
  })
  .transform((text) => utcDay(Date.parse(text)))
  .optional();

const UsageQuerySchema = z.object({
  since: Day,
  until: Day,
  by: z
    .string()
    .transform((text) => text.split(",").map((part) => part.trim()))
    .pipe(z.array(z.enum(USAGE_DIMENSIONS)))
    .default(DEFAULT_BY),
});

/** Behind the authentication; to be mounted at `/v1/usage`. */
export const usageRoutes = new Hono<AppEnv>();

/**
 * `?since=&until=` are UTC days, both included (default: the last 30 days); `?by=` is a list of
 * `day`, `project`, `provider`, `model`, `session` (default: the first four). Usage is kept for 90 days.
 */
usageRoutes.get("/", async (c) => {
  return c.json(await usage(callContext(c), parseQuery(c, UsageQuerySchema)));
});
