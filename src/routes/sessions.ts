/** `/v1/sessions`: what agents' sessions are doing, and what may be done with them. */
import { Hono } from "hono";
import {
  DEAD_LETTER_EXAMPLE,
  PROJECT_EXAMPLE,
  SESSION_EXAMPLE,
  SESSION_VIEW_EXAMPLE,
} from "../contract/examples.ts";
import {
  AgentName,
  DeadKeysQuery,
  EndQuery,
  FlushQuery,
  SessionId,
  SessionsQuery,
} from "../contract/params.ts";
import {
  DeadLettersSchema,
  DroppedSchema,
  EndedSchema,
  RedoneSchema,
  RetriedSchema,
  SessionListSchema,
  SessionViewSchema,
} from "../contract/sessions.ts";
import type { AppEnv } from "../http/app-env.ts";
import { route } from "../http/described-route.ts";
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

/** The path of one session. Its id may hold slashes, percent-encoded. */
const NAME = { agent: AgentName, id: SessionId };
const NAME_ERRORS = ["invalid_session", "unknown_session"] as const;
const ADDRESS = `/v1/sessions/${SESSION_EXAMPLE}`;

function named({ path }: { path(name: string): string }): AgentSession {
  return { agent: path("agent"), id: path("id") };
}

sessionRoutes.get(
  "/",
  route(
    {
      summary: "The sessions of a project, and what each is doing",
      detail: "Empty for a project that does not exist.",
      query: SessionsQuery,
      answer: SessionListSchema,
      example: {
        request: `/v1/sessions?project=${PROJECT_EXAMPLE}&state=idle`,
        answer: { items: [{ ...SESSION_VIEW_EXAMPLE, live: true }], approximate: false },
      },
    },
    (call, { query }) => listSessions(call, query.project, query.state),
  ),
);

sessionRoutes.get(
  "/:agent/:id",
  route(
    {
      summary: "What one session is doing",
      path: NAME,
      answer: SessionViewSchema,
      errors: NAME_ERRORS,
      example: { request: ADDRESS, answer: SESSION_VIEW_EXAMPLE },
    },
    (call, sent) => viewSession(call, named(sent)),
  ),
);

sessionRoutes.post(
  "/:agent/:id/flush",
  route(
    {
      summary: "Processes at once what waits",
      path: NAME,
      query: FlushQuery,
      answer: SessionViewSchema,
      errors: NAME_ERRORS,
      example: { request: `${ADDRESS}/flush?wait=1`, answer: SESSION_VIEW_EXAMPLE },
    },
    (call, sent) => flushSession(call, named(sent), sent.query.wait),
  ),
);

sessionRoutes.post(
  "/:agent/:id/redo",
  route(
    {
      summary: "Compresses again what is kept of a session",
      path: NAME,
      answer: RedoneSchema,
      errors: [...NAME_ERRORS, "nothing_kept"],
      example: { request: `${ADDRESS}/redo`, answer: { batches: 4 } },
    },
    async (call, sent) => ({ batches: await redoSession(call, named(sent)) }),
  ),
);

sessionRoutes.delete(
  "/:agent/:id",
  route(
    {
      summary: "Ends a session, and forgets it where that is asked for",
      path: NAME,
      query: EndQuery,
      answer: EndedSchema,
      errors: [...NAME_ERRORS, "still_ending"],
      example: {
        request: `${ADDRESS}?forget=1`,
        answer: {
          ended: true,
          forgotten: true,
          removed: { events: 48, observations: 9, summaries: 2, prompts: 2, open_points: 1 },
        },
      },
    },
    async (call, sent) => {
      const { forget } = sent.query;
      const removed = await endSession(call, named(sent), forget);
      return { ended: true as const, forgotten: forget, removed };
    },
  ),
);

sessionRoutes.get(
  "/:agent/:id/dead",
  route(
    {
      summary: "Events of a session that no provider could compress",
      path: NAME,
      answer: DeadLettersSchema,
      errors: NAME_ERRORS,
      example: { request: `${ADDRESS}/dead`, answer: { items: [DEAD_LETTER_EXAMPLE] } },
    },
    async (call, sent) => ({ items: await deadLetters(call, named(sent)) }),
  ),
);

sessionRoutes.post(
  "/:agent/:id/dead/retry",
  route(
    {
      summary: "Tries dead letters of a session again",
      path: NAME,
      query: DeadKeysQuery,
      answer: RetriedSchema,
      errors: NAME_ERRORS,
      example: { request: `${ADDRESS}/dead/retry?key=tool:toolu_07`, answer: { retried: 1 } },
    },
    async (call, sent) => ({ retried: await retryDead(call, named(sent), keysOf(sent.query.key)) }),
  ),
);

sessionRoutes.delete(
  "/:agent/:id/dead",
  route(
    {
      summary: "Drops dead letters of a session",
      path: NAME,
      query: DeadKeysQuery,
      answer: DroppedSchema,
      errors: NAME_ERRORS,
      example: { request: `${ADDRESS}/dead?key=tool:toolu_07`, answer: { dropped: 1 } },
    },
    async (call, sent) => ({ dropped: await dropDead(call, named(sent), keysOf(sent.query.key)) }),
  ),
);

/** Which dead letters; null for all. */
function keysOf(keys: string[]): string[] | null {
  return keys.length === 0 ? null : keys;
}
