/** `/v1/projects`: the projects that the key may read, and whose project a folder is. */
import { Hono } from "hono";
import { PROJECT_EXAMPLE, TIME_EXAMPLE } from "../contract/examples.ts";
import { ProjectHereQuery } from "../contract/params.ts";
import { KnownProjectsSchema, ProjectHereSchema } from "../contract/team.ts";
import type { AppEnv } from "../http/app-env.ts";
import { route } from "../http/described-route.ts";
import { knownProjects, projectHere } from "../service/projects.ts";

export const projectRoutes = new Hono<AppEnv>();

projectRoutes.get(
  "/",
  route(
    {
      summary: "The projects that the key may read, and how much each remembers",
      answer: KnownProjectsSchema,
      example: {
        request: "/v1/projects",
        answer: {
          items: [
            { project: PROJECT_EXAMPLE, number: 3, observations: 812, last_event_at: TIME_EXAMPLE },
          ],
        },
      },
    },
    knownProjects,
  ),
);

projectRoutes.get(
  "/here",
  route(
    {
      summary: "Whose project a folder is",
      detail: "Send what git says of the folder; nothing is stored.",
      query: ProjectHereQuery,
      answer: ProjectHereSchema,
      errors: ["invalid_project"],
      example: {
        request: `/v1/projects/here?project=${PROJECT_EXAMPLE}&folder=/home/dev/app`,
        answer: { project: PROJECT_EXAMPLE, shown: PROJECT_EXAMPLE, known: true, earlier: null },
      },
    },
    (call, { query }) => projectHere(call, query),
  ),
);
