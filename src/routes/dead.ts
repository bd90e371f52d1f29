/** `/v1/dead`: the dead letters of all sessions of a project. A session's own are under `/v1/sessions`. */
import { Hono } from "hono";
import { ProjectQuery } from "../contract/params.ts";
import type { AppEnv } from "../http/app-env.ts";
import { parseQuery } from "../http/body.ts";
import { callContext } from "../http/call-context.ts";
import {
  deadLettersOfProject,
  dropDeadOfProject,
  retryDeadOfProject,
} from "../service/sessions.ts";

export const deadRoutes = new Hono<AppEnv>();

deadRoutes.get("/", async (c) => {
  const { project } = parseQuery(c, ProjectQuery);
  return c.json({ items: await deadLettersOfProject(callContext(c), project) });
});

deadRoutes.post("/retry", async (c) => {
  const { project } = parseQuery(c, ProjectQuery);
  return c.json({ retried: await retryDeadOfProject(callContext(c), project) });
});

deadRoutes.delete("/", async (c) => {
  const { project } = parseQuery(c, ProjectQuery);
  return c.json({ dropped: await dropDeadOfProject(callContext(c), project) });
});
