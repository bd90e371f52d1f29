/** Every route says what it takes and answers, and what it says is true of its own examples. */
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { app } from "../../src/app.ts";
import { undescribedRoutes } from "../../src/http/described-route.ts";
import { openApiDocument } from "../../src/routes/openapi.ts";
import { DESCRIBED_ROUTES } from "../support/described-answer.ts";

describe("the description of the API", () => {
  it("leaves out no route of the router", () => {
    expect(undescribedRoutes(app.routes)).toEqual([]);
    const careless = new Hono();
    careless.use("/v1/*", async (_, next) => await next());
    careless.get("/v1/new", (c) => c.text("new"));
    careless.all("/v1/any", (c) => c.text("any"));
    expect(undescribedRoutes(careless.routes)).toEqual(["GET /v1/new", "ALL /v1/any"]);
  });

  it("shows only examples that fit", () => {
    for (const { name, pattern, description } of DESCRIBED_ROUTES) {
      const { example, query, body, answer, errors = [] } = description;
      const url = new URL(example.request, "http://cairn.test");
      expect(`${name.split(" ")[0]} ${url.pathname}`).toMatch(pattern);
      expect(answer.safeParse(example.answer).error, name).toBeUndefined();
      expect(body?.safeParse(example.body).error, name).toBeUndefined();
      const sent = Object.fromEntries(
        [...url.searchParams].map(([key, value]) => [key, isList(query, key) ? [value] : value]),
      );
      expect(query?.safeParse(sent).error, name).toBeUndefined();
      expect(Object.keys(query?.shape ?? {}), name).toEqual(
        expect.arrayContaining(Object.keys(sent)),
      );
      expect(new Set(errors).size, name).toBe(errors.length);
    }
  });

  it("is one document whose references all lead somewhere", async () => {
    const document = await openApiDocument(app);
    const text = JSON.stringify(document);
    const known = Object.keys(document.components.schemas ?? {});
    for (const [, name] of text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)) {
      expect(known).toContain(name);
    }
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(["/v1/search", "/v1/openapi.json", "/v1/sessions/{agent}/{id}"]),
    );
    // A client of today reads what later releases add.
    expect(document.components.schemas?.Observation).not.toHaveProperty("additionalProperties");
    // A misspelt limit is refused, and the document says so.
    expect(JSON.stringify(document.paths["/v1/budgets"]?.put?.requestBody)).toContain(
      '"additionalProperties":false',
    );
  });
});

function isList(query: z.ZodObject | undefined, name: string): boolean {
  const member: unknown = query?.shape[name];
  return (member instanceof z.ZodDefault ? member.unwrap() : member) instanceof z.ZodArray;
}
