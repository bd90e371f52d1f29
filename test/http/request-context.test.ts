import { Hono } from "hono";
import { afterEach, expect, it, vi } from "vitest";
import { ApiError } from "../../src/contract/errors.ts";
import type { AppEnv } from "../../src/http/app-env.ts";
import { onError, requestContext } from "../../src/http/request-context.ts";

afterEach(() => vi.restoreAllMocks());

/** What is logged of a request with these headers that is answered by 400. */
async function logged(headers: Record<string, string>): Promise<Record<string, unknown>> {
  const app = new Hono<AppEnv>();
  app.use(requestContext());
  app.onError(onError);
  app.get("/v1/x", () => {
    throw new ApiError("invalid_request", "no");
  });
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  warn.mockClear();
  expect((await app.request("/v1/x", { headers })).status).toBe(400);
  return JSON.parse(String(warn.mock.calls[0]?.[0]));
}

it("logs a client's name and the version of its hooks, and nothing else that it may send there", async () => {
  expect(await logged({ "X-Cairn-Client": "cairn-cli/0.2.0", "X-Cairn-Hooks": "3" })).toMatchObject(
    {
      event: "request_refused",
      status: 400,
      client: "cairn-cli/0.2.0",
      hooks: 3,
    },
  );
  const odd = { "X-Cairn-Client": `cairn_local_x_${"s".repeat(20)}`, "X-Cairn-Hooks": "3; rm" };
  for (const headers of [{}, odd]) {
    const line = await logged(headers);
    expect(line).not.toHaveProperty("client");
    expect(line).not.toHaveProperty("hooks");
  }
});

it("writes no line for each of many requests that carry no key", async () => {
  const app = new Hono<AppEnv>();
  app.use(requestContext());
  app.onError(onError);
  app.get("/v1/known", (c) => {
    const person = { team: "t", person: "p", key: "k", scopes: ["full"] } as const;
    c.set("caller", person);
    throw new ApiError("invalid_request", "no");
  });
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  for (let i = 0; i < 200; i += 1) await app.request(`/nothing/${i}`);
  expect(warn).toHaveBeenCalledTimes(60);
  await app.request("/v1/known");
  expect(warn).toHaveBeenCalledTimes(61);
});

it("lets nobody keep an answer", async () => {
  const app = new Hono<AppEnv>();
  app.use(requestContext());
  app.onError(onError);
  app.get("/told", (c) => c.json({ items: [] }, 200, { "Cache-Control": "max-age=60" }));
  for (const path of ["/told", "/nothing"]) {
    expect((await app.request(path)).headers.get("Cache-Control")).toBe("no-store");
  }
});

it("logs of a path the words of routes alone, whatever was put into it", async () => {
  const app = new Hono<AppEnv>();
  app.use(requestContext());
  app.onError(onError);
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const routes = [];
  for (const path of [
    "/v1/open-points/3-1/close",
    "/v1/openapi.json",
    "/hooks/claude-code",
    "/mcp",
    `/v1/cairn_local_test0001_${"t".repeat(40)}`,
    "/a%1b[31m/%0a{}",
    "//evil.example/x",
  ]) {
    warn.mockClear();
    await app.request(`http://x${path}`);
    routes.push(JSON.parse(String(warn.mock.calls[0]?.[0])).route);
  }
  expect(routes).toEqual([
    "/v1/open-points",
    "/v1/openapi.json",
    "/hooks/claude-code",
    "/mcp",
    "/v1/…",
    "/…/…",
    "//…",
  ]);
});
