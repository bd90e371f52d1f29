/** Lets requests through where the objects are where they were. */
import type { MiddlewareHandler } from "hono";
import { checkJurisdiction } from "../service/jurisdiction.ts";
import type { AppEnv } from "./app-env.ts";

export function inItsJurisdiction(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    await checkJurisdiction(c.env);
    await next();
  };
}
