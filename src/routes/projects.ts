/**
 * `/v1/projects`: the projects that the key may read, whose project a folder is, and what may be
 * done with one.
 */
import { Hono } from "hono";
import { PROJECT_EXAMPLE, TIME_EXAMPLE } from "../contract/examples.ts";
import { MergeBody, ProjectHereQuery, ProjectInPath, RenameBody } from "../contract/params.ts";
import {
  DeletedProjectSchema,
  KnownProjectsSchema,
  MergedProjectSchema,
  ProjectHereSchema,
  RenamedProjectSchema,
} from "../contract/team.ts";
import type { AppEnv } from "../http/app-env.ts";
import { route } from "../http/described-route.ts";
import { deleteProject, mergeProject, renameProject } from "../service/project-changes.ts";
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

const NAMED = { project: ProjectInPath };
const NAMED_ERRORS = ["invalid_project", "unknown_project", "other_name", "project_busy"] as const;
const ADDRESS = `/v1/projects/${encodeURIComponent(PROJECT_EXAMPLE)}`;
const OTHER_PROJECT_EXAMPLE = "github.com/acme/web";

projectRoutes.patch(
  "/:project",
  route(
    {
      summary: "Renames a project",
      detail:
        "Moves no data. The old name goes on leading to the project, so that clones and sessions that know nothing of it follow. May be repeated.",
      path: NAMED,
      body: RenameBody,
      answer: RenamedProjectSchema,
      errors: [...NAMED_ERRORS, "name_taken"],
      example: {
        request: ADDRESS,
        body: { name: OTHER_PROJECT_EXAMPLE },
        answer: { project: OTHER_PROJECT_EXAMPLE, number: 3, was: PROJECT_EXAMPLE },
      },
    },
    (call, { path, body }) => renameProject(call, path("project"), body.name),
  ),
);

projectRoutes.post(
  "/:project/merge",
  route(
    {
      summary: "Merges a project into another one, which takes everything over",
      detail:
        "The merged project's names and the ids of its items lead there from then on. Meanwhile nothing can be written to it: its sessions keep what they have to tell. It goes on by itself where that takes longer than this call, and may be repeated.",
      path: NAMED,
      body: MergeBody,
      answer: MergedProjectSchema,
      errors: [...NAMED_ERRORS, "same_project"],
      example: {
        request: `${ADDRESS}/merge`,
        body: { into: OTHER_PROJECT_EXAMPLE },
        answer: { project: OTHER_PROJECT_EXAMPLE, number: 4, merged: PROJECT_EXAMPLE, done: true },
      },
    },
    (call, { path, body }) => mergeProject(call, path("project"), body.into),
  ),
);

projectRoutes.delete(
  "/:project",
  route(
    {
      summary: "Deletes a project and all that it remembers, for good",
      detail:
        "Nothing of it is shown from this call on, and its sessions are forgotten: what they have still to tell is dropped. Its names are free then, and a session that starts anew under one makes a new project.",
      path: NAMED,
      answer: DeletedProjectSchema,
      errors: NAMED_ERRORS,
      example: { request: ADDRESS, answer: { deleted: PROJECT_EXAMPLE, done: true } },
    },
    (call, { path }) => deleteProject(call, path("project")),
  ),
);
