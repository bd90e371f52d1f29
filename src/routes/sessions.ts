/** `/v1/sessions`: what agents' sessions are doing, and what may be done with them. */
import type { Context } from "hono";
import { Hono } from "hono";
import { DeadKeysQuery, EndQuery, FlushQuery, SessionsQuery } from "../contract/params.ts";
import type { AppEnv } from "../http/app-env.ts";
import { parseQuery } from "../http/body.ts";
import { callContext } from "../http/call-context.ts";
import {
  type AgentSession,
  deadLetters,
  dropDead,
  endSession,
  flushSession,
  listSessions,
  redoSession,
  retryDead,
  viewSession,
} from "../service/sessions.ts";

export const sessionRoutes = new Hono<AppEnv>();

sessionRoutes.get("/", async (c) => {
  const { project, state } = parseQuery(c, SessionsQuery);
  return c.json(await listSessions(callContext(c), project, state));
});

/** The session that a path names. Its id may hold slashes, percent-encoded or not. */
function sessionOf(c: Context<AppEnv>): AgentSession {
  return { agent: c.req.param("agent") ?? "", id: c.req.param("id") ?? "" };
}

sessionRoutes.get("/:agent/:id", async (c) =>
  c.json(await viewSession(callContext(c), sessionOf(c))),
);

sessionRoutes.post("/:agent/:id/flush", async (c) => {
  const { wait } = parseQuery(c, FlushQuery);
  return c.json(await flushSession(callContext(c), sessionOf(c), wait));
});

sessionRoutes.post("/:agent/:id/redo", async (c) =>
  c.json({ batches: await redoSession(callContext(c), sessionOf(c)) }),
);

sessionRoutes.delete("/:agent/:id", async (c) => {
  const { forget } = parseQuery(c, EndQuery);
  const removed = await endSession(callContext(c), sessionOf(c), forget);
  return c.json({ ended: true, forgotten: forget, ...(removed === undefined ? {} : { removed }) });
});

sessionRoutes.get("/:agent/:id/dead", async (c) =>
  c.json({ items: await deadLetters(callContext(c), sessionOf(c)) }),
);

sessionRoutes.post("/:agent/:id/dead/retry", async (c) =>
  c.json({ retried: await retryDead(callContext(c), sessionOf(c), keysOf(c)) }),
);

sessionRoutes.delete("/:agent/:id/dead", async (c) =>
  c.json({ dropped: await dropDead(callContext(c), sessionOf(c), keysOf(c)) }),
);

/** `?key=…`, repeatable: which dead letters; all without it. */
function keysOf(c: Context<AppEnv>): string[] | null {
  const { key: keys } = parseQuery(c, DeadKeysQuery, ["key"]);
  return keys.length === 0 ? null : keys;
}
