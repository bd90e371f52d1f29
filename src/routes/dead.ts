/** `/v1/dead`: the dead letters of all sessions of a project. A session's own are under `/v1/sessions`. */

import { type Context, Hono } from "hono";
import { z } from "zod";
import { readerOf } from "../access/caller.ts";
import type { SessionObject } from "../durable/session/session-object.ts";
import type { AppEnv } from "../http/app-env.ts";
import { parseQuery } from "../http/body.ts";
import { normaliseProject, projectObjectName } from "../memory/project-name.ts";
import { eachSession } from "../service/live-sessions.ts";
import { findProject } from "../service/project-lookup.ts";

const QuerySchema = z.object({
  project: z.string({ error: "is wanted: the project's remote or name" }),
});

export const deadRoutes = new Hono<AppEnv>();

/** Asks every session that the project knows; those that do not answer are left out. */
async function askAll<T>(
  c: Context<AppEnv>,
  ask: (stub: DurableObjectStub<SessionObject>, session: string) => Promise<T>,
): Promise<T[]> {
  const caller = c.get("caller");
  const name = normaliseProject(parseQuery(c, QuerySchema).project);
  const project = name === null ? null : await findProject(c.env, caller, name);
  if (project === null) return [];
  const stub = c.env.PROJECTS.getByName(projectObjectName(caller.team, project.number));
  const known = (await stub.sessions(readerOf(caller), {})).map((session) => session.session);
  return (await eachSession(c.env, caller, known, ask)).filter((answer) => answer !== null);
}

deadRoutes.get("/", async (c) => {
  const found = await askAll(c, async (stub, session) =>
    ((await stub.dead(readerOf(c.get("caller")), {})) ?? []).map((letter) => ({
      session,
      ...letter,
    })),
  );
  return c.json({ items: found.flat() });
});

deadRoutes.post("/retry", async (c) => {
  const counts = await askAll(c, async (stub) => await stub.retryDead({ keys: null }));
  return c.json({ retried: sum(counts) });
});

deadRoutes.delete("/", async (c) => {
  const counts = await askAll(c, async (stub) => await stub.dropDead({ keys: null }));
  return c.json({ dropped: sum(counts) });
});

function sum(counts: readonly (number | null)[]): number {
  return counts.reduce<number>((total, count) => total + (count ?? 0), 0);
}
