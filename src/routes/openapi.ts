/** `GET /v1/openapi.json`: what the API takes and answers, from the routes' own descriptions. */
import { Hono } from "hono";
import { generateSpecs } from "hono-openapi";
import { z } from "zod";
import cairn from "../../package.json" with { type: "json" };
import type { AppEnv } from "../http/app-env.ts";
import { described } from "../http/described-route.ts";

const INTRODUCTION =
  "Every call sends `Authorization: Bearer <key>`. `/v1` only grows: members and values are added, and none goes or changes its meaning; clients leave alone what they do not know. Times are ISO 8601 in UTC. Clients may name themselves by `X-Cairn-Client`, such as `cairn-cli/0.2.0`, which goes into the log of refused requests.";

/** The OpenAPI document of an app whose routes are described. */
export async function openApiDocument(app: Hono<AppEnv>) {
  return await generateSpecs(app, {
    excludeStaticFile: false,
    documentation: {
      info: { title: "Cairn", version: cairn.version, description: INTRODUCTION },
      security: [{ key: [] }],
      components: {
        securitySchemes: {
          key: { type: "http", scheme: "bearer", description: "`cairn_<team>_<id>_<secret>`" },
        },
      },
    },
  });
}

/** To be mounted at `/v1/openapi.json`; describes the app that it is part of. */
export function openApiRoutes(app: Hono<AppEnv>): Hono<AppEnv> {
  let document: ReturnType<typeof openApiDocument> | null = null;
  return new Hono<AppEnv>().get(
    "/",
    described(
      {
        summary: "This reference, as an OpenAPI 3.1 document",
        answer: z.looseObject({ openapi: z.string() }),
        example: { request: "/v1/openapi.json", answer: { openapi: "3.1.0" } },
      },
      async (c) => {
        document ??= openApiDocument(app);
        return c.json(await document);
      },
    ),
  );
}
