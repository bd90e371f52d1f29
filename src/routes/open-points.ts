/** `/v1/open-points`: what sessions left to do, and what people say of it. */
import { Hono } from "hono";
import { OPEN_POINT_EXAMPLE, PROJECT_EXAMPLE, TIME_EXAMPLE } from "../contract/examples.ts";
import { OpenPointSchema } from "../contract/open-points.ts";
import { OpenPointsQuery } from "../contract/params.ts";
import { ItemId, pageOf } from "../contract/schema.ts";
import type { AppEnv } from "../http/app-env.ts";
import { route } from "../http/described-route.ts";
import { judgeOpenPoint, listOpenPoints } from "../service/open-points.ts";

export const openPointRoutes = new Hono<AppEnv>();

const ID = { id: ItemId };
const ID_ERRORS = ["invalid_id", "unknown_id"] as const;

openPointRoutes.get(
  "/",
  route(
    {
      summary: "What sessions of a project left to do, newest first",
      detail:
        "An open point is closed by a session that shows it to be done, or by a person. Two weeks after it was left it is `aged`: no session is told of it any more. Empty for a project that does not exist.",
      query: OpenPointsQuery,
      answer: pageOf(OpenPointSchema),
      errors: ["invalid_project"],
      example: {
        request: `/v1/open-points?project=${PROJECT_EXAMPLE}&state=open`,
        answer: { items: [OPEN_POINT_EXAMPLE], next: null },
      },
    },
    (call, { query }) => listOpenPoints(call, query),
  ),
);

openPointRoutes.post(
  "/:id/close",
  route(
    {
      summary: "Says that an open point is done",
      detail: "A person's word stands, also where its session is compressed again.",
      path: ID,
      answer: OpenPointSchema,
      errors: [...ID_ERRORS, "project_leaving"],
      example: {
        request: "/v1/open-points/3-4569/close",
        answer: {
          ...OPEN_POINT_EXAMPLE,
          state: "closed",
          closed_at: TIME_EXAMPLE,
          closed_by: OPEN_POINT_EXAMPLE.person,
        },
      },
    },
    (call, { path }) => judgeOpenPoint(call, path("id"), true),
  ),
);

openPointRoutes.post(
  "/:id/reopen",
  route(
    {
      summary: "Says that a point is open, whatever closed it; an aged one is shown again",
      path: ID,
      answer: OpenPointSchema,
      errors: [...ID_ERRORS, "project_leaving"],
      example: { request: "/v1/open-points/3-4569/reopen", answer: OPEN_POINT_EXAMPLE },
    },
    (call, { path }) => judgeOpenPoint(call, path("id"), false),
  ),
);
