/** The frame around every request: an id, one log line, and one shape of errors. */
import type { Context, ErrorHandler, MiddlewareHandler, NotFoundHandler } from "hono";
import { ApiError, errorBody } from "../contract/errors.ts";
import { log } from "../platform/log.ts";
import { MinuteLimit } from "../platform/minute-limit.ts";
import { truncate } from "../platform/truncate.ts";
import type { AppEnv } from "./app-env.ts";
import { VERSION, VERSION_HEADER } from "./version.ts";

const REQUEST_ID = "X-Request-Id";
const CLIENT_ERROR = 400;
/** Lines a minute of an isolate about requests without a key: who has none could fill the log. */
const STRANGERS_LINES_PER_MINUTE = 60;
/** What a route or an agent is called. */
const ROUTE_WORD = /^[a-z][a-z-]{0,19}(?:\.json)?$|^v1$|^$/;
const CLIENT_PATTERN = /^[a-z][a-z-]{0,19}(?:\/\d{1,4}(?:\.\d{1,4}){0,2})?$/i;
const HOOKS_PATTERN = /^\d{1,4}$/;

/** Names the request, and logs how it went where that says something. */
export function requestContext(): MiddlewareHandler<AppEnv> {
  const strangersLines = new MinuteLimit(STRANGERS_LINES_PER_MINUTE);
  return async (c, next) => {
    const arrivedAt = Date.now();
    const requestId = crypto.randomUUID();
    c.set("requestId", requestId);
    c.set("arrivedAt", arrivedAt);
    await next();
    // Not by `c.header`, which makes the whole answer once more.
    c.res.headers.set(REQUEST_ID, requestId);
    c.res.headers.set(VERSION_HEADER, VERSION);
    // Whatever is told here is for whoever asked, now.
    c.res.headers.set("Cache-Control", "no-store");
    // A line for each hook would be most of the log and say nothing.
    if (c.res.status >= CLIENT_ERROR) {
      const isStranger = c.get("caller") === undefined && c.res.status < 500;
      if (isStranger && !strangersLines.take(arrivedAt)) return;
      log(c.res.status >= 500 ? "error" : "warn", "request_refused", {
        request: requestId,
        method: c.req.method,
        route: routeOf(c),
        status: c.res.status,
        ms: Date.now() - arrivedAt,
        ...clientNote(c),
      });
    }
  };
}

/**
 * What a client says of itself, in `X-Cairn-Client` (such as `cairn-cli/0.2.0`) and `X-Cairn-Hooks`
 * (the version of the hooks that `cairn connect` wrote). Nothing but a name and numbers is taken.
 */
function clientNote(c: Context<AppEnv>): { client?: string; hooks?: number } {
  const client = c.req.header("X-Cairn-Client") ?? "";
  const hooks = c.req.header("X-Cairn-Hooks") ?? "";
  return {
    ...(CLIENT_PATTERN.test(client) ? { client } : {}),
    ...(HOOKS_PATTERN.test(hooks) ? { hooks: Number(hooks) } : {}),
  };
}

/** The path without what a client put into it: ids, names of sessions, and keys that slipped in. */
function routeOf(c: Context<AppEnv>): string {
  const [, ...segments] = c.req.path.split("/").slice(0, 3);
  return `/${segments.map((one) => (ROUTE_WORD.test(one) ? one : "…")).join("/")}`;
}

/** Every error leaves in the one shape, and never with what the code tripped over. */
export const onError: ErrorHandler<AppEnv> = (error, c) => {
  if (error instanceof ApiError) {
    return c.json(errorBody(error.code, error.message), error.status);
  }
  log(
    "error",
    "request_failed",
    { request: c.get("requestId"), team: c.get("caller")?.team },
    error,
  );
  return c.json(
    errorBody(
      "unavailable",
      `something failed on our side; try again, and look for request ${c.get("requestId")} in the log if it stays`,
    ),
    503,
  );
};

export const notFound: NotFoundHandler<AppEnv> = (c) =>
  c.json(
    errorBody(
      "not_found",
      `nothing is at ${c.req.method} ${truncate(c.req.path, 100)}; see the README`,
    ),
    404,
  );
