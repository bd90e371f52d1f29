/**
 * A route and its description, in one piece: what it takes and answers is said once, read by it and
 * checked by the compiler, and from there `GET /v1/openapi.json` and `docs/api.md` are made.
 */
import type { Context, Handler } from "hono";
import type { RouterRoute } from "hono/types";
import { resolver, uniqueSymbol } from "hono-openapi";
import { z } from "zod";
import { ERRORS, type ErrorCode, ErrorSchema } from "../contract/errors.ts";
import type { CallContext } from "../service/call-context.ts";
import type { AppEnv } from "./app-env.ts";
import { parseBody, parseQuery } from "./body.ts";
import { callContext } from "./call-context.ts";

/** What can happen on every route behind the authentication. */
export const COMMON_ERRORS = [
  "missing_key",
  "malformed_key",
  "unknown_key",
  "too_many_wrong_keys",
  "foreign_origin",
  "not_configured",
  "unavailable",
] as const satisfies readonly ErrorCode[];

const QUERY_ERRORS: readonly ErrorCode[] = ["invalid_request"];
const BODY_ERRORS: readonly ErrorCode[] = [
  "invalid_request",
  "empty_body",
  "not_json",
  "incomplete_body",
  "too_large",
];

/** What a client reads of a route. Texts are Markdown. */
export interface RouteDescription {
  /** One line: what it does. */
  summary: string;
  /** What else there is to know. */
  detail?: string;
  /** False where no key is asked for. */
  authenticated?: false;
  /** A key that may only capture is good for it; see `fullKeysOnly`. */
  forCapture?: true;
  /** The path's parameters by name. */
  path?: Readonly<Record<string, z.ZodType>>;
  /** The request's headers by name, besides `Authorization`. */
  headers?: Readonly<Record<string, string>>;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** What a success carries as JSON, or as text where `media` says so. */
  answer: z.ZodType;
  /** Status of a success; 200 without it. */
  status?: 200 | 201;
  media?: "text/plain";
  /** The answer's headers by name, besides `X-Request-Id`. */
  answerHeaders?: Readonly<Record<string, string>>;
  /** Codes besides those of every route; `route` adds those of its query and body. */
  errors?: readonly ErrorCode[];
  example: {
    /** Path and query as they are sent. */
    request: string;
    headers?: Readonly<Record<string, string>>;
    body?: unknown;
    answer: unknown;
  };
}

/** A request as its description says that it is read. */
interface Sent<Query extends z.ZodObject, Body extends z.ZodType> {
  query: z.output<Query>;
  body: z.output<Body>;
  /** A parameter of the path. */
  path(name: string): string;
  /** A header; null where it was not sent. */
  header(name: string): string | null;
}

type TypedDescription<
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Answer extends z.ZodType,
> = Omit<RouteDescription, "query" | "body" | "answer" | "example" | "media"> & {
  query?: Query;
  body?: Body;
  answer: Answer;
  example: Omit<RouteDescription["example"], "body" | "answer"> & {
    body?: z.input<Body>;
    answer: z.output<Answer>;
  };
};

/**
 * A route that reads its query and body by their schemas, and answers what `serve` returns. A
 * request that does not fit is refused before `serve` is called.
 */
export function route<
  Answer extends z.ZodType,
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodType = z.ZodType,
>(
  description: TypedDescription<Query, Body, Answer>,
  serve: (call: CallContext, sent: Sent<Query, Body>) => Promise<z.output<Answer>>,
): Handler<AppEnv> {
  const { query, body, status = 200, errors = [] } = description;
  const reading = [
    ...(query === undefined ? [] : QUERY_ERRORS),
    ...(body === undefined ? [] : BODY_ERRORS),
  ];
  const whole = { ...description, errors: [...new Set([...reading, ...errors])] };
  return described(whole, async (c) => {
    const sent = {
      query: (query === undefined ? {} : parseQuery(c, query)) as z.output<Query>,
      body: (body === undefined ? undefined : await parseBody(c, body)) as z.output<Body>,
      path: (name: string) => c.req.param(name) ?? "",
      header: (name: string) => c.req.header(name) ?? null,
    };
    return c.json((await serve(callContext(c), sent)) as object, status);
  });
}

/** A route that reads its request and makes its answer itself. */
export function described(
  description: RouteDescription,
  handle: (c: Context<AppEnv>) => Response | Promise<Response>,
): Handler<AppEnv> {
  const handler: Handler<AppEnv> = (c) => handle(c);
  return Object.assign(handler, {
    [uniqueSymbol]: { spec: operationOf(description) },
    description,
  });
}

/** The description of a router's entry; null for middleware, and for a route that has none. */
export function descriptionOf(handler: object): RouteDescription | null {
  return "description" in handler ? (handler.description as RouteDescription) : null;
}

/**
 * Entries of a router that are neither described nor middleware, as `GET /v1/x`. What stands for all
 * methods has to have a described route at its path, or end in `*`.
 */
export function undescribedRoutes(routes: readonly RouterRoute[]): string[] {
  const paths = new Set(
    routes.filter(({ handler }) => descriptionOf(handler) !== null).map(({ path }) => path),
  );
  return routes
    .filter(({ method, path, handler }) =>
      method === "ALL" ? !path.endsWith("*") && !paths.has(path) : descriptionOf(handler) === null,
    )
    .map(({ method, path }) => `${method} ${path}`);
}

/** All codes that a route may answer with. */
export function errorCodesOf(description: RouteDescription): ErrorCode[] {
  const { authenticated, forCapture = false, errors = [] } = description;
  if (authenticated === false) return [...errors, "foreign_origin"];
  return [...errors, ...(forCapture ? [] : (["capture_only"] as const)), ...COMMON_ERRORS];
}

function operationOf(description: RouteDescription) {
  const { summary, detail, body, answer, status = 200, example } = description;
  const codes = errorCodesOf(description);
  const { answer: shown, ...request } = example;
  return {
    summary,
    ...(detail === undefined ? {} : { description: detail }),
    ...(description.authenticated === false ? { security: [] } : {}),
    parameters: parametersOf(description),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: {
              "application/json": {
                schema: resolver(body, schemaOptions("input")),
                example: example.body,
              },
            },
          },
        }),
    responses: {
      [status]: {
        description: "Success",
        headers: headersOf(description.answerHeaders ?? {}),
        content: {
          [description.media ?? "application/json"]: {
            schema: resolver(answer, schemaOptions("output")),
            example: shown,
          },
        },
      },
      ...errorResponses(codes),
    },
    "x-errors": codes,
    "x-example": request,
  };
}

function parametersOf({ path = {}, query, headers = {} }: RouteDescription) {
  const { properties = {}, required = [] } = jsonSchema(query ?? z.object({}), "input");
  return [
    ...Object.entries(path).map(([name, schema]) =>
      parameter("path", name, jsonSchema(schema, "input"), true),
    ),
    ...Object.entries(properties).map(([name, schema]) =>
      parameter("query", name, schema, required.includes(name)),
    ),
    ...Object.entries(headers).map(([name, description]) =>
      parameter("header", name, { type: "string", description }, false),
    ),
  ];
}

function parameter(
  where: "path" | "query" | "header",
  name: string,
  member: z.core.JSONSchema._JSONSchema,
  required: boolean,
) {
  const { description = "", ...schema } = typeof member === "boolean" ? {} : member;
  return { in: where, name, description, required, schema: schema as object };
}

function headersOf(headers: Readonly<Record<string, string>>) {
  const all = { ...headers, "X-Request-Id": "Names the request in the server's log" };
  return Object.fromEntries(
    Object.entries(all).map(([name, description]) => [
      name,
      { description, schema: { type: "string" as const } },
    ]),
  );
}

/** One answer per status: its codes with their causes. */
function errorResponses(codes: readonly ErrorCode[]) {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const { status } = ERRORS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, listed]) => [
      status,
      {
        description: listed.map((code) => `\`${code}\`: ${ERRORS[code].cause}`).join(". "),
        content: {
          "application/json": { schema: resolver(ErrorSchema, schemaOptions("output")) },
        },
      },
    ]),
  );
}

/** `input`: what may be sent. `output`: what is answered. */
function jsonSchema(schema: z.ZodType, io: "input" | "output") {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, schemaOptions(io).options);
  return rest;
}

function schemaOptions(io: "input" | "output") {
  return { options: { io, unrepresentable: "any" as const, override: openSchema } };
}

/**
 * Members are only ever added to answers, so their schemas are not closed: a client of today has to
 * read the answers of a later release. A named schema becomes a component also where it stands
 * alone.
 */
function openSchema({ zodSchema, jsonSchema, path }: Overridden): void {
  const { def } = zodSchema._zod;
  const isStrict = def.type === "object" && def.catchall !== undefined;
  if (!isStrict && jsonSchema.additionalProperties === false) {
    delete jsonSchema.additionalProperties;
  }
  if (path.length === 0 && typeof jsonSchema.id === "string") jsonSchema.$id = jsonSchema.id;
}

interface Overridden {
  zodSchema: z.core.$ZodTypes;
  jsonSchema: z.core.JSONSchema.BaseSchema;
  path: (string | number)[];
}
