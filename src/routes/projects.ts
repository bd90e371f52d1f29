/** `/v1/projects`: the projects that the key may read, and whose project a folder is. */
import { Hono } from "hono";
import { ProjectHereQuery } from "../contract/params.ts";
import type { AppEnv } from "../http/app-env.ts";
import { parseQuery } from "../http/body.ts";
import { callContext } from "../http/call-context.ts";
import { knownProjects, projectHere } from "../service/projects.ts";

export const projectRoutes = new Hono<AppEnv>();

projectRoutes.get("/", async (c) => c.json(await knownProjects(callContext(c))));

projectRoutes.get("/here", async (c) =>
  c.json(await projectHere(callContext(c), parseQuery(c, ProjectHereQuery))),
);
