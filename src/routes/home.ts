/** What anybody may see: that this is Cairn, and that it lives. */
import { Hono } from "hono";
import { z } from "zod";
import { HealthSchema } from "../contract/team.ts";
import type { AppEnv } from "../http/app-env.ts";
import { described } from "../http/described-route.ts";
import { VERSION } from "../http/version.ts";

const GREETING =
  "Cairn: shared memory for coding agents.\n\n" +
  "Connect an agent:  cairn connect claude-code --url <this address> --key <your key>\n" +
  "Ask it:            GET /v1/search?q=…  with  Authorization: Bearer <your key>\n";

export const homeRoutes = new Hono<AppEnv>();

homeRoutes.get(
  "/",
  described(
    {
      summary: "What this is, as text",
      authenticated: false,
      answer: z.string(),
      media: "text/plain",
      example: { request: "/", answer: GREETING },
    },
    (c) => c.text(GREETING),
  ),
);

homeRoutes.get(
  "/health",
  described(
    {
      summary: "Whether the Worker answers",
      authenticated: false,
      answer: HealthSchema,
      example: { request: "/health", answer: { ok: true, name: "cairn", version: VERSION } },
    },
    (c) => c.json({ ok: true, name: "cairn", version: VERSION }),
  ),
);
