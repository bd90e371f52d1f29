/** `GET /v1/summaries`: what the turns of a project set out to do, found, did and left. */
import { Hono } from "hono";
import { PROJECT_EXAMPLE, SUMMARY_EXAMPLE } from "../contract/examples.ts";
import { SummarySchema } from "../contract/items.ts";
import { SummariesQuery } from "../contract/params.ts";
import { pageOf } from "../contract/schema.ts";
import type { AppEnv } from "../http/app-env.ts";
import { route } from "../http/described-route.ts";
import { listSummaries } from "../service/items.ts";

export const summaryRoutes = new Hono<AppEnv>();

summaryRoutes.get(
  "/",
  route(
    {
      summary: "Summaries of a project's turns, newest first",
      detail: "Empty for a project that does not exist.",
      query: SummariesQuery,
      answer: pageOf(SummarySchema),
      errors: ["invalid_project"],
      example: {
        request: `/v1/summaries?project=${PROJECT_EXAMPLE}&limit=1`,
        answer: { items: [SUMMARY_EXAMPLE], next: null },
      },
    },
    (call, { query }) => listSummaries(call, query),
  ),
);
