/** `/v1/dead`: the dead letters of all sessions of a project. A session's own are under `/v1/sessions`. */
import { Hono } from "hono";
import { DEAD_LETTER_EXAMPLE, PROJECT_EXAMPLE, SESSION_EXAMPLE } from "../contract/examples.ts";
import { ProjectQuery } from "../contract/params.ts";
import { DroppedSchema, ProjectDeadLettersSchema, RetriedSchema } from "../contract/sessions.ts";
import type { AppEnv } from "../http/app-env.ts";
import { route } from "../http/described-route.ts";
import {
  deadLettersOfProject,
  dropDeadOfProject,
  retryDeadOfProject,
} from "../service/sessions.ts";

export const deadRoutes = new Hono<AppEnv>();

deadRoutes.get(
  "/",
  route(
    {
      summary: "Events of a project that no provider could compress",
      detail: "Of all its sessions; those that do not answer are left out.",
      query: ProjectQuery,
      answer: ProjectDeadLettersSchema,
      example: {
        request: `/v1/dead?project=${PROJECT_EXAMPLE}`,
        answer: { items: [{ session: SESSION_EXAMPLE, ...DEAD_LETTER_EXAMPLE }] },
      },
    },
    async (call, { query }) => ({ items: await deadLettersOfProject(call, query.project) }),
  ),
);

deadRoutes.post(
  "/retry",
  route(
    {
      summary: "Tries all dead letters of a project again",
      query: ProjectQuery,
      answer: RetriedSchema,
      example: { request: `/v1/dead/retry?project=${PROJECT_EXAMPLE}`, answer: { retried: 3 } },
    },
    async (call, { query }) => ({ retried: await retryDeadOfProject(call, query.project) }),
  ),
);

deadRoutes.delete(
  "/",
  route(
    {
      summary: "Drops all dead letters of a project",
      query: ProjectQuery,
      answer: DroppedSchema,
      example: { request: `/v1/dead?project=${PROJECT_EXAMPLE}`, answer: { dropped: 3 } },
    },
    async (call, { query }) => ({ dropped: await dropDeadOfProject(call, query.project) }),
  ),
);
