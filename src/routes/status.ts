/** `GET /v1/status`: is anything being processed, for what the key may read. */
import { Hono } from "hono";
import type { AppEnv } from "../http/app-env.ts";
import { callContext } from "../http/call-context.ts";
import { status } from "../service/status.ts";

export const statusRoutes = new Hono<AppEnv>();

statusRoutes.get("/", async (c) => c.json(await status(callContext(c))));
