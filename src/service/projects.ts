/** The team's projects and how much each remembers. */
import { type Caller, readerOf } from "../access/caller.ts";
import { isoTime } from "../memory/time.ts";
import { projectStub } from "./project-lookup.ts";

export interface KnownProject {
  project: string;
  number: number;
  observations: number;
  /** ISO; null where nothing was ever recorded. */
  last_event_at: string | null;
}

/** All projects of the team, each asked for its counts, in the order of their numbers. */
export async function knownProjects(env: Env, caller: Caller): Promise<KnownProject[]> {
  const projects = await env.TEAMS.getByName(caller.team).projects(readerOf(caller), {});
  return Promise.all(
    projects.map(async (project) => {
      const stats = await projectStub(env, caller, project).stats(readerOf(caller), {});
      return {
        project: project.name,
        number: project.number,
        observations: stats.observations,
        last_event_at: stats.last_event_at === null ? null : isoTime(stats.last_event_at),
      };
    }),
  );
}
