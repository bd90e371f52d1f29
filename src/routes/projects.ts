/** `GET /v1/projects`: the team's projects and how much each remembers. */
import { Hono } from "hono";
import type { AppEnv } from "../http/app-env.ts";
import { knownProjects } from "../service/projects.ts";

export const projectRoutes = new Hono<AppEnv>();

projectRoutes.get("/", async (c) => c.json({ items: await knownProjects(c.env, c.get("caller")) }));
