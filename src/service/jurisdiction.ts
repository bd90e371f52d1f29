/** One deployment is in one jurisdiction, from its first request on. */
import { readConfig } from "../config.ts";
import { ApiError } from "../contract/errors.ts";
import { log } from "../platform/log.ts";

/** The object that stands for the deployment, outside of any jurisdiction. No team has such a name. */
const DEPLOYMENT_OBJECT = ".deployment";

/** Environments of which it is known. */
const settled = new WeakMap<object, string>();

/**
 * Throws an `ApiError` where the configuration names another jurisdiction than the deployment began
 * with: everything would seem to be empty there, and be written in the wrong place. Asks once per
 * isolate. Where it cannot ask, the request goes on: no hook is lost for that.
 */
export async function checkJurisdiction(env: Env): Promise<void> {
  const wanted = readConfig(env).jurisdiction ?? "";
  const known = settled.get(env) ?? (await ask(env, wanted));
  if (known === null) return;
  settled.set(env, known);
  if (known === wanted) return;
  const named = (jurisdiction: string) => (jurisdiction === "" ? "none" : jurisdiction);
  throw new ApiError(
    "not_configured",
    `the variable CAIRN_JURISDICTION is ${named(wanted)}, but this deployment began with ` +
      `${named(known)}, where its objects are: set it back, or deploy under another name`,
  );
}

async function ask(env: Env, wanted: string): Promise<string | null> {
  try {
    return await env.TEAMS.getByName(DEPLOYMENT_OBJECT).settledJurisdiction({
      jurisdiction: wanted,
    });
  } catch (error) {
    // Right after a deployment the object may still run code that does not know the question.
    log("warn", "jurisdiction_unknown", {}, error);
    return null;
  }
}
