/** `GET /v1/status`: is anything being processed, for what the key may read. */
import { Hono } from "hono";
import { StatusSchema } from "../contract/team.ts";
import type { AppEnv } from "../http/app-env.ts";
import { route } from "../http/described-route.ts";
import { status } from "../service/status.ts";

export const statusRoutes = new Hono<AppEnv>();

statusRoutes.get(
  "/",
  route(
    {
      summary: "Whether anything is being processed",
      answer: StatusSchema,
      example: {
        request: "/v1/status",
        answer: {
          providers: [
            { provider: "anthropic", model: "claude-haiku-5-5", trouble: null },
            { provider: "extractive", model: null, trouble: null },
          ],
          per_1000_tool_events: { input: 400_000, output: 60_000, usd: 0.7 },
          processing: true,
          active_sessions: 1,
          queue_depth: 4,
          approximate: false,
        },
      },
    },
    status,
  ),
);
