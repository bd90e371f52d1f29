/** One search over one project, or over all that the key may read, asked side by side. */
import { mergeAnswers } from "../durable/project/merge-answers.ts";
import type { Filters } from "../durable/project/query.ts";
import type { SearchAnswer } from "../durable/project/shapes.ts";
import type { ProjectRef } from "../memory/contracts.ts";
import { log } from "./log.ts";
import { projectStub } from "./project-lookup.ts";

export interface MemorySearch {
  q: string;
  filters: Filters;
  limit: number;
  /** ms since the epoch. */
  now: number;
}

export interface MemoryAnswer extends SearchAnswer {
  /** Some projects could not be asked: there may be more. */
  incomplete?: true;
}

/** Searches one project. */
export async function searchProject(
  env: Env,
  team: string,
  project: ProjectRef,
  search: MemorySearch,
): Promise<MemoryAnswer> {
  return projectStub(env, team, project).search({ ...search, project });
}

/** Searches all projects of the team and merges the ranks. `requestId` names the request in the log. */
export async function searchTeam(
  env: Env,
  team: string,
  search: MemorySearch,
  requestId: string,
): Promise<MemoryAnswer> {
  const projects = await env.TEAMS.getByName(team).projects();
  const answers = await Promise.allSettled(
    projects.map((project) => searchProject(env, team, project, search)),
  );
  const answered = answers.flatMap((answer) =>
    answer.status === "fulfilled" ? [answer.value] : [],
  );
  const missing = answers.length - answered.length;
  const merged = mergeAnswers(answered, search.limit);
  if (missing === 0) return merged;
  log("warn", "search_incomplete", { request: requestId, missing });
  return { ...merged, incomplete: true };
}
