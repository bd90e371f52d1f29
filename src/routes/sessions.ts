/** `/v1/sessions`: what agents' sessions are doing, and what may be done with them. */

import type { Context } from "hono";
import { Hono } from "hono";
import { z } from "zod";
import { readerOf } from "../access/caller.ts";
import { ApiError } from "../contract/errors.ts";
import type { AppEnv } from "../http/app-env.ts";
import { parseQuery } from "../http/body.ts";
import { normaliseProject, projectObjectName } from "../memory/project-name.ts";
import { isAgent, isSessionId, sessionObjectName } from "../memory/session-name.ts";
import { askSessions } from "../service/live-sessions.ts";
import { findProject } from "../service/project-lookup.ts";

export const sessionRoutes = new Hono<AppEnv>();

const ListQuerySchema = z.object({
  project: z.string({ error: "is wanted: the project's remote or name" }),
  state: z.enum(["active", "idle", "paused", "closed"]).optional(),
});

sessionRoutes.get("/", async (c) => {
  const query = parseQuery(c, ListQuerySchema);
  const caller = c.get("caller");
  const name = normaliseProject(query.project);
  const project = name === null ? null : await findProject(c.env, caller, name);
  if (project === null) return c.json({ items: [], approximate: false });
  const known = await c.env.PROJECTS.getByName(
    projectObjectName(caller.team, project.number),
  ).sessions(readerOf(caller), {});
  const { views, approximate } = await askSessions(c.env, caller, known);
  const items = query.state === undefined ? views : views.filter((v) => v.state === query.state);
  return c.json({ items, approximate });
});

/** The session that a path names. Its id may hold slashes, percent-encoded or not. */
function sessionOf(c: Context<AppEnv>) {
  const agent = c.req.param("agent") ?? "";
  const sessionId = c.req.param("id") ?? "";
  if (!isAgent(agent) || !isSessionId(sessionId)) {
    throw new ApiError(
      400,
      "invalid_session",
      "name a session as <agent>/<session_id>, the id with 1 to 200 printable characters",
    );
  }
  const name = { team: c.get("caller").team, agent, sessionId };
  return { name, stub: c.env.SESSIONS.getByName(sessionObjectName(name)) };
}

function unknownSession(): ApiError {
  return new ApiError(
    404,
    "unknown_session",
    "no such session was ever heard of; GET /v1/sessions?project=… lists those of a project",
  );
}

sessionRoutes.get("/:agent/:id", async (c) => {
  const view = await sessionOf(c).stub.view(readerOf(c.get("caller")), {});
  if (view === null) throw unknownSession();
  return c.json(view);
});

sessionRoutes.post("/:agent/:id/flush", async (c) => {
  const view = await sessionOf(c).stub.flush(readerOf(c.get("caller")), {
    wait: isSet(c.req.query("wait")),
  });
  if (view === null) throw unknownSession();
  return c.json(view);
});

sessionRoutes.post("/:agent/:id/redo", async (c) => {
  const batches = await sessionOf(c).stub.redo({});
  if (batches === null) throw unknownSession();
  if (batches === 0) {
    throw new ApiError(
      409,
      "nothing_kept",
      "no raw events of this session are kept any more (or none is done yet), so nothing can be compressed again",
    );
  }
  return c.json({ batches });
});

sessionRoutes.delete("/:agent/:id", async (c) => {
  const { stub } = sessionOf(c);
  const forget = isSet(c.req.query("forget"));
  const outcome = await stub.remove({ forget });
  if (outcome === "unknown") throw unknownSession();
  if (outcome === "pending") {
    throw new ApiError(
      503,
      "still_ending",
      "the session is being ended, but its project could not be reached yet; it goes on by itself",
    );
  }
  return c.json({ ended: true, forgotten: forget });
});

sessionRoutes.get("/:agent/:id/dead", async (c) => {
  const items = await sessionOf(c).stub.dead(readerOf(c.get("caller")), {});
  if (items === null) throw unknownSession();
  return c.json({ items });
});

sessionRoutes.post("/:agent/:id/dead/retry", async (c) => {
  const retried = await sessionOf(c).stub.retryDead({ keys: keysOf(c) });
  if (retried === null) throw unknownSession();
  return c.json({ retried });
});

sessionRoutes.delete("/:agent/:id/dead", async (c) => {
  const dropped = await sessionOf(c).stub.dropDead({ keys: keysOf(c) });
  if (dropped === null) throw unknownSession();
  return c.json({ dropped });
});

/** `?key=…`, repeatable: which dead letters; all without it. */
function keysOf(c: Context<AppEnv>): string[] | null {
  const keys = c.req.queries("key") ?? [];
  return keys.length === 0 ? null : keys;
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "0" && value !== "false";
}
