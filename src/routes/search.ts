/** `GET /v1/search`: one project, or all that the key may read, asked side by side. */
import { Hono } from "hono";
import { z } from "zod";
import { mergeAnswers } from "../durable/project/merge-answers.ts";
import { QUERY_MAX_CHARS } from "../durable/project/query.ts";
import type { AppEnv } from "../http/app-env.ts";
import { parseQuery } from "../http/body.ts";
import { log } from "../http/log.ts";
import { projectStub, requestedProject } from "../http/project-lookup.ts";
import { count, filterParams, filtersOf, oneOf } from "../http/recall-params.ts";

export const searchRoutes = new Hono<AppEnv>();

const QuerySchema = z.object({
  q: z
    .string({ error: "is wanted: the words to search for" })
    .max(QUERY_MAX_CHARS, `is longer than ${QUERY_MAX_CHARS} characters: search for fewer words`),
  project: z.string().optional(),
  kind: oneOf(["observation", "summary", "prompt"]).optional(),
  ...filterParams,
  limit: count(10, 50),
});

searchRoutes.get("/", async (c) => {
  const query = parseQuery(c, QuerySchema);
  const { team } = c.get("caller");
  const filters = filtersOf(query);
  if (query.kind !== undefined) filters.kind = query.kind;
  const search = { q: query.q, filters, limit: query.limit, now: c.get("arrivedAt") };
  if (query.project !== undefined && query.project !== "") {
    const project = await requestedProject(c.env, team, query.project);
    if (project === null) return c.json({ items: [] });
    return c.json(await projectStub(c.env, team, project).search({ ...search, project }));
  }
  const projects = await c.env.TEAMS.getByName(team).projects();
  const answers = await Promise.allSettled(
    projects.map((project) => projectStub(c.env, team, project).search({ ...search, project })),
  );
  const answered = answers.flatMap((answer) =>
    answer.status === "fulfilled" ? [answer.value] : [],
  );
  const missing = answers.length - answered.length;
  const merged = mergeAnswers(answered, query.limit);
  if (missing === 0) return c.json(merged);
  log("warn", "search_incomplete", { request: c.get("requestId"), missing });
  return c.json({ ...merged, incomplete: true });
});
