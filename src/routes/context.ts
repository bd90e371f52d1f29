/** `GET /v1/context`: what a session start injects, and with `explain=1` why. */
import { Hono } from "hono";
import { PROJECT_EXAMPLE } from "../contract/examples.ts";
import { ContextQuery } from "../contract/params.ts";
import { ProjectContextSchema } from "../contract/recall.ts";
import type { AppEnv } from "../http/app-env.ts";
import { route } from "../http/described-route.ts";
import { contextOf } from "../service/context.ts";

export const contextRoutes = new Hono<AppEnv>();

contextRoutes.get(
  "/",
  route(
    {
      summary: "What a session of a project starts with",
      detail: "Empty for a project that does not exist.",
      query: ContextQuery,
      answer: ProjectContextSchema,
      errors: ["invalid_project"],
      example: {
        request: `/v1/context?project=${PROJECT_EXAMPLE}&tokens=500`,
        answer: {
          project: PROJECT_EXAMPLE,
          text: "Last: one retry budget for all connections of a client (3-4568)",
          tokens: 17,
          observations: ["3-4567"],
        },
      },
    },
    async (call, { query: { project, file: files, ...request } }) =>
      await contextOf(call, project, { ...request, files }),
  ),
);
