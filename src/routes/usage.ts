/** `/v1/usage`: the tokens that the team's calls to providers used, by the providers' own figures. */

import { Hono } from "hono";
import { PROJECT_EXAMPLE } from "../contract/examples.ts";
import { UsageQuery } from "../contract/params.ts";
import { UsageSchema } from "../contract/team.ts";
import type { AppEnv } from "../http/app-env.ts";
import { route } from "../http/described-route.ts";
import { usage } from "../service/usage.ts";

/** Behind the authentication; to be mounted at `/v1/usage`. */
export const usageRoutes = new Hono<AppEnv>();

const used = {
  input: 15_320,
  output: 2_410,
  calls: 12,
  usd: 0.027,
  unsettled: { input: 0, output: 0, calls: 0 },
};

usageRoutes.get(
  "/",
  route(
    {
      summary: "Tokens that providers were paid for, grouped",
      detail:
        "Days are UTC. Usage is kept for 90 days. Money is told where CAIRN_PRICES has the prices of the models.",
      query: UsageQuery,
      answer: UsageSchema,
      example: {
        request: "/v1/usage?by=day,project&since=2026-03-01",
        answer: {
          items: [{ day: "2026-03-01", project: PROJECT_EXAMPLE, ...used }],
          total: used,
          truncated: false,
        },
      },
    },
    (call, { query }) => usage(call, query),
  ),
);
