/** `GET /v1/projects`: the projects that the key may read, and how much each remembers. */
import { Hono } from "hono";
import type { AppEnv } from "../http/app-env.ts";
import { callContext } from "../http/call-context.ts";
import { knownProjects } from "../service/projects.ts";

export const projectRoutes = new Hono<AppEnv>();

projectRoutes.get("/", async (c) => c.json(await knownProjects(callContext(c))));
