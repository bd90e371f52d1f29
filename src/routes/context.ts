/** `GET /v1/context`: what a session start injects, and with `explain=1` why. */
import { Hono } from "hono";
import { z } from "zod";
import { count, ProjectParam } from "../contract/params.ts";
import { CONTEXT_TOKENS } from "../durable/project/context/start.ts";
import type { AppEnv } from "../http/app-env.ts";
import { parseQuery } from "../http/body.ts";
import { callContext } from "../http/call-context.ts";
import { contextOf } from "../service/context.ts";

export const contextRoutes = new Hono<AppEnv>();

const QuerySchema = z.object({
  project: ProjectParam,
  tokens: count(CONTEXT_TOKENS, 100_000),
  query: z.string().max(4000).optional(),
  branch: z.string().max(400).optional(),
  explain: z.string().optional(),
});

contextRoutes.get("/", async (c) => {
  const { project, tokens, query, branch, explain: why } = parseQuery(c, QuerySchema);
  const files = c.req.queries("file") ?? [];
  const explain = why === "1" || why === "true";
  return c.json(
    await contextOf(callContext(c), project, { tokens, query, branch, files, explain }),
  );
});
