/** `GET /v1/context`: what a session start injects, and with `explain=1` why. */

import { Hono } from "hono";
import { z } from "zod";
import { readerOf } from "../access/caller.ts";
import { count, ProjectParam } from "../contract/params.ts";
import { CONTEXT_TOKENS } from "../durable/project/context/start.ts";
import type { AppEnv } from "../http/app-env.ts";
import { parseQuery } from "../http/body.ts";
import { normaliseProject } from "../memory/project-name.ts";
import { projectStub, requestedProject } from "../service/project-lookup.ts";

export const contextRoutes = new Hono<AppEnv>();

const QuerySchema = z.object({
  project: ProjectParam,
  tokens: count(CONTEXT_TOKENS, 100_000),
  query: z.string().max(4000).optional(),
  branch: z.string().max(400).optional(),
  explain: z.string().optional(),
});

contextRoutes.get("/", async (c) => {
  const { project: name, tokens, query, branch, explain } = parseQuery(c, QuerySchema);
  const files = c.req.queries("file") ?? [];
  const caller = c.get("caller");
  const project = await requestedProject(c.env, caller, name);
  if (project === null) {
    return c.json({ project: normaliseProject(name), text: "", tokens: 0, observations: [] });
  }
  const answer = await projectStub(c.env, caller, project).context(readerOf(caller), {
    project,
    tokens,
    files,
    now: c.get("arrivedAt"),
    explain: explain === "1" || explain === "true",
    ...(query === undefined ? {} : { query }),
    ...(branch === undefined ? {} : { branch }),
  });
  return c.json({
    project: project.name,
    text: answer.text,
    tokens: answer.tokens,
    observations: answer.observations,
    ...(answer.choices === undefined ? {} : { choices: answer.choices }),
  });
});
