/** Where this deployment's objects are. */
import { readConfig } from "../config.ts";

/**
 * The namespaces of the objects, in the jurisdiction of the deployment. An object of the same name
 * in another one is another object, which is empty.
 */
export function namespaces(env: Env): Pick<Env, "SESSIONS" | "PROJECTS" | "TEAMS"> {
  const { jurisdiction } = readConfig(env);
  if (jurisdiction === null) return env;
  return {
    SESSIONS: env.SESSIONS.jurisdiction(jurisdiction),
    PROJECTS: env.PROJECTS.jurisdiction(jurisdiction),
    TEAMS: env.TEAMS.jurisdiction(jurisdiction),
  };
}
