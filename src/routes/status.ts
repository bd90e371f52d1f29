/** `GET /v1/status`: is anything being processed, for what the key may read. */

import { Hono } from "hono";
import { readerOf } from "../access/caller.ts";
import type { AppEnv } from "../http/app-env.ts";
import { projectObjectName } from "../memory/project-name.ts";
import { askSessions } from "../service/live-sessions.ts";

export const statusRoutes = new Hono<AppEnv>();

statusRoutes.get("/", async (c) => {
  const caller = c.get("caller");
  const projects = await c.env.TEAMS.getByName(caller.team).projects(readerOf(caller), {});
  const known = await Promise.all(
    projects.map((project) =>
      c.env.PROJECTS.getByName(projectObjectName(caller.team, project.number)).sessions(
        readerOf(caller),
        {},
      ),
    ),
  );
  const open = known.flat().filter((session) => session.state !== "closed");
  const { views, approximate } = await askSessions(c.env, caller, open);
  let depth = 0;
  let working = 0;
  for (const view of views) {
    if (view.live) depth += view.events.pending + view.events.leased + view.outbox;
    if (view.state === "active") working += 1;
  }
  return c.json({
    processing: working > 0,
    active_sessions: working,
    queue_depth: depth,
    approximate,
  });
});
