/** What the routes' descriptions say of an answer, for tests that look at real ones. */
import { expect } from "vitest";
import { z } from "zod";
import { app } from "../../src/app.ts";
import { ERRORS, ErrorSchema } from "../../src/contract/errors.ts";
import {
  descriptionOf,
  errorCodesOf,
  type RouteDescription,
} from "../../src/http/described-route.ts";

export interface DescribedRoute {
  /** Such as `GET /v1/observations/:id`. */
  name: string;
  pattern: RegExp;
  description: RouteDescription;
}

export const DESCRIBED_ROUTES: DescribedRoute[] = app.routes.flatMap(
  ({ method, path, handler }) => {
    const description = descriptionOf(handler);
    if (description === null) return [];
    const pattern = new RegExp(`^${method} ${path.replace(/:[a-z]+/g, "[^/]+")}$`);
    return [{ name: `${method} ${path}`, pattern, description }];
  },
);

/** The description's schema without room for members that it does not name. */
function closed(schema: z.ZodType): z.ZodType {
  // Written as a JSON Schema of answers, an object admits nothing else unless it says so.
  return z.fromJSONSchema(z.toJSONSchema(schema, { io: "output" }) as z.core.JSONSchema.JSONSchema);
}

const closedSchemas = new Map<string, z.ZodType>();

/** Fails the test where an answer of the app is not as its route describes it. */
export async function expectDescribed(
  method: string,
  path: string,
  response: Response,
): Promise<void> {
  const asked = `${method} ${path.split("?")[0]}`;
  const found = DESCRIBED_ROUTES.find(({ pattern }) => pattern.test(asked));
  if (found === undefined) return;
  const { name, description } = found;
  const text = await response.clone().text();
  const media = response.headers.get("Content-Type") ?? "";
  if (media.startsWith("text/event-stream")) return;
  const body: unknown = media.startsWith("application/json") ? JSON.parse(text) : text;
  if (!response.ok) {
    // The protocol of MCP has errors of its own.
    if (!ErrorSchema.safeParse(body).success && name === "POST /mcp") return;
    const { code } = ErrorSchema.parse(body).error;
    expect(errorCodesOf(description), `error codes of ${name}`).toContain(code);
    expect(ERRORS[code as keyof typeof ERRORS].status, `status of ${code}`).toBe(response.status);
    return;
  }
  expect(response.status, `status of ${name}`).toBe(description.status ?? 200);
  const schema = closedSchemas.get(name) ?? closed(description.answer);
  closedSchemas.set(name, schema);
  const { error } = schema.safeParse(body);
  if (error !== undefined)
    throw new Error(`${name} answers other than described: ${error.message}`);
}
