/** `GET /v1/context`: what a session start injects, and with `explain=1` why. */
import { Hono } from "hono";
import { ContextQuery } from "../contract/params.ts";
import type { AppEnv } from "../http/app-env.ts";
import { parseQuery } from "../http/body.ts";
import { callContext } from "../http/call-context.ts";
import { contextOf } from "../service/context.ts";

export const contextRoutes = new Hono<AppEnv>();

contextRoutes.get("/", async (c) => {
  const { project, file: files, ...request } = parseQuery(c, ContextQuery, ["file"]);
  return c.json(await contextOf(callContext(c), project, { ...request, files }));
});
