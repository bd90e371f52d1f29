/** `/v1/observations`: listing, reading, saving by hand, deleting, and what they were made from. */
import { Hono } from "hono";
import { OBSERVATION_EXAMPLE, PROJECT_EXAMPLE, TIME_EXAMPLE } from "../contract/examples.ts";
import {
  DeletedItemSchema,
  ItemSchema,
  ItemSourcesSchema,
  ItemsByIdSchema,
  ObservationSchema,
} from "../contract/items.ts";
import { BatchBody, ObservationsQuery, SaveBody } from "../contract/params.ts";
import { ItemId, pageOf } from "../contract/schema.ts";
import type { AppEnv } from "../http/app-env.ts";
import { route } from "../http/described-route.ts";
import {
  deleteItem,
  listObservations,
  readItem,
  readItems,
  sourcesOfItem,
} from "../service/items.ts";
import { incompleteness } from "../service/projects.ts";
import { saveByHand } from "../service/save.ts";

export const observationRoutes = new Hono<AppEnv>();

const ID = { id: ItemId };
const ID_ERRORS = ["invalid_id", "unknown_id"] as const;

observationRoutes.get(
  "/",
  route(
    {
      summary: "Observations of a project, newest first",
      detail:
        "Mere activity is left out unless `activity=1`. Empty for a project that does not exist.",
      query: ObservationsQuery,
      answer: pageOf(ObservationSchema),
      errors: ["invalid_project"],
      example: {
        request: `/v1/observations?project=${PROJECT_EXAMPLE}&type=bugfix&limit=1`,
        answer: { items: [OBSERVATION_EXAMPLE], next: "bjo0NTY3" },
      },
    },
    (call, { query }) => listObservations(call, query),
  ),
);

observationRoutes.post(
  "/batch",
  route(
    {
      summary: "Items by their ids, in the order asked for",
      detail: "Ids that there are not are left out.",
      body: BatchBody,
      answer: ItemsByIdSchema,
      errors: ["invalid_id"],
      example: {
        request: "/v1/observations/batch",
        body: { ids: ["3-4567"] },
        answer: { items: [OBSERVATION_EXAMPLE] },
      },
    },
    async (call, { body }) => {
      const found = await readItems(call, body.ids);
      return { items: found.items, ...incompleteness(found) };
    },
  ),
);

observationRoutes.post(
  "/",
  route(
    {
      summary: "Saves an observation by hand",
      detail: "Secrets are taken out before it is stored.",
      headers: {
        "Idempotency-Key":
          "Up to 200 characters: a repeated call with the same key saves nothing again",
      },
      body: SaveBody,
      answer: ObservationSchema,
      status: 201,
      errors: [
        "project_leaving",
        "invalid_project",
        "invalid_id",
        "invalid_idempotency_key",
        "nothing_to_supersede",
        "idempotency_key_used",
      ],
      example: {
        request: "/v1/observations",
        headers: { "Idempotency-Key": "6f1c" },
        body: {
          project: PROJECT_EXAMPLE,
          title: OBSERVATION_EXAMPLE.title,
          narrative: OBSERVATION_EXAMPLE.narrative,
          type: "bugfix",
        },
        answer: OBSERVATION_EXAMPLE,
      },
    },
    (call, { body, header }) => saveByHand(call, body, header("Idempotency-Key")),
  ),
);

observationRoutes.get(
  "/:id",
  route(
    {
      summary: "One observation, summary or prompt",
      path: ID,
      answer: ItemSchema,
      errors: ID_ERRORS,
      example: { request: "/v1/observations/3-4567", answer: OBSERVATION_EXAMPLE },
    },
    (call, { path }) => readItem(call, path("id")),
  ),
);

observationRoutes.delete(
  "/:id",
  route(
    {
      summary: "Deletes an item and the content of the events that it was made from",
      path: ID,
      answer: DeletedItemSchema,
      errors: [...ID_ERRORS, "project_leaving"],
      example: {
        request: "/v1/observations/3-4567",
        answer: { deleted: "3-4567", removed: { items: 1, events: 1 } },
      },
    },
    (call, { path }) => deleteItem(call, path("id")),
  ),
);

observationRoutes.get(
  "/:id/sources",
  route(
    {
      summary: "What an item was made from",
      path: ID,
      answer: ItemSourcesSchema,
      errors: ID_ERRORS,
      example: {
        request: "/v1/observations/3-4567/sources",
        answer: {
          id: "3-4567",
          project: PROJECT_EXAMPLE,
          session: OBSERVATION_EXAMPLE.session,
          agent: "claude-code",
          prompt_number: 2,
          created_at: TIME_EXAMPLE,
          sources: ["tool:toolu_01", "tool:toolu_02"],
          kept: [
            {
              key: "tool:toolu_01",
              kind: "tool_use",
              at: TIME_EXAMPLE,
              prompt_number: 2,
              person: "p7h3k2",
              body: { tool: "Read", input: { file_path: "src/client.ts" } },
            },
          ],
          gone: ["tool:toolu_02"],
        },
      },
    },
    (call, { path }) => sourcesOfItem(call, path("id")),
  ),
);
