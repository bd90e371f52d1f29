/** What Hono's context carries in every route behind authentication. */
import type { Caller } from "../access/caller.ts";

export interface AppEnv {
  Bindings: Env;
  Variables: {
    /** Who asks; set by the authentication, so that routes may trust it. */
    caller: Caller;
    /** Names the request in logs and in the `X-Request-Id` header of the answer. */
    requestId: string;
    /** When the request arrived, ms since the epoch. */
    arrivedAt: number;
  };
}
