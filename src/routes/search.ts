/** `GET /v1/search`: one project, or all that the key may read, asked side by side. */
import { Hono } from "hono";
import { SEARCH_EXAMPLE } from "../contract/examples.ts";
import { filtersOf, SearchQuery } from "../contract/params.ts";
import { SearchAnswerSchema } from "../contract/recall.ts";
import type { AppEnv } from "../http/app-env.ts";
import { route } from "../http/described-route.ts";
import { requestedProject } from "../service/project-lookup.ts";
import { searchMemory } from "../service/search.ts";

export const searchRoutes = new Hono<AppEnv>();

searchRoutes.get(
  "/",
  route(
    {
      summary: "The best matches of a query",
      detail:
        "Asks one project, or all that the key may read. Where nothing matches the words as they stand, similar ones are searched and `fallback` says so.",
      query: SearchQuery,
      answer: SearchAnswerSchema,
      errors: ["invalid_project"],
      example: { request: "/v1/search?q=retry%20budget&limit=1", answer: SEARCH_EXAMPLE },
    },
    async (call, { query: { q, project: name, limit, ...filters } }) => {
      const project = name ? await requestedProject(call, name) : undefined;
      if (project === null) return { items: [] };
      return await searchMemory(call, project, {
        phrasings: q,
        filters: filtersOf(filters),
        limit,
      });
    },
  ),
);
