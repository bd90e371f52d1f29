/** What anybody may see: that this is Cairn, and that it lives. */
import { Hono } from "hono";
import type { AppEnv } from "../http/app-env.ts";

export const homeRoutes = new Hono<AppEnv>();

homeRoutes.get("/", (c) =>
  c.text(
    "Cairn: shared memory for coding agents.\n\n" +
      "Connect an agent:  cairn connect claude-code --url <this address> --key <your key>\n" +
      "Ask it:            GET /v1/search?q=…  with  Authorization: Bearer <your key>\n",
  ),
);

homeRoutes.get("/health", (c) => c.json({ ok: true, name: "cairn" }));
