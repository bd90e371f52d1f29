/** A call of the API as the services see it, for tests that start below the routes. */
import { env } from "cloudflare:workers";
import type { CallContext } from "../../src/service/call-context.ts";

export function callOf(team: string, person = "test0001"): CallContext {
  const caller = { team, person, key: person, scopes: ["full" as const] };
  return { env, caller, requestId: "test", now: Date.now(), waitUntil: () => {} };
}
