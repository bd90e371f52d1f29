/** `GET /v1/projects`: the team's projects and how much each remembers. */
import { Hono } from "hono";
import { isoTime } from "../durable/project/time.ts";
import type { AppEnv } from "../http/app-env.ts";
import { projectStub } from "../http/project-lookup.ts";

export const projectRoutes = new Hono<AppEnv>();

projectRoutes.get("/", async (c) => {
  const { team } = c.get("caller");
  const projects = await c.env.TEAMS.getByName(team).projects();
  const items = await Promise.all(
    projects.map(async (project) => {
      const stats = await projectStub(c.env, team, project).stats();
      return {
        project: project.name,
        number: project.number,
        observations: stats.observations,
        last_event_at: stats.last_event_at === null ? null : isoTime(stats.last_event_at),
      };
    }),
  );
  return c.json({ items });
});
