/** A request behind the authentication, as the services see it. */
import type { Context } from "hono";
import type { CallContext } from "../service/call-context.ts";
import type { AppEnv } from "./app-env.ts";

export function callContext(c: Context<AppEnv>): CallContext {
  return {
    env: c.env,
    caller: c.get("caller"),
    requestId: c.get("requestId"),
    now: c.get("arrivedAt"),
    waitUntil: (work) => c.executionCtx.waitUntil(work),
  };
}
