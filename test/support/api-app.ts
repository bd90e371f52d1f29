import { Hono } from "hono";
import { ApiError, errorBody } from "../../src/contract/errors.ts";
import type { AppEnv } from "../../src/http/app-env.ts";

/** An empty app that answers errors in the one shape; each test adds what it is about. */
export function apiApp(): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.onError((error, c) =>
    error instanceof ApiError
      ? c.json(errorBody(error.code, error.message), error.status)
      : c.json(errorBody("unavailable", String(error)), 500),
  );
  return app;
}
