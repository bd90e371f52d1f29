/** One search over one project, or over all that the key may read, asked side by side. */

import { type Caller, readerOf } from "../access/caller.ts";
import type { SearchAnswer } from "../contract/items.ts";
import { mergeAnswers } from "../durable/project/search/merge-answers.ts";
import type { Filters } from "../durable/project/search/query.ts";
import type { ProjectRef } from "../memory/delivery.ts";
import { log } from "../platform/log.ts";
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

/**
 * Searches one project, or without one all projects of the team, whose ranks are merged.
 * `requestId` names the request in the log.
 */
export async function searchMemory(
  env: Env,
  caller: Caller,
  project: ProjectRef | undefined,
  search: MemorySearch,
  requestId: string,
): Promise<MemoryAnswer> {
  const ask = (one: ProjectRef) =>
    projectStub(env, caller, one).search(readerOf(caller), { ...search, project: one });
  if (project !== undefined) return ask(project);
  const projects = await env.TEAMS.getByName(caller.team).projects(readerOf(caller), {});
  const answers = await Promise.allSettled(projects.map(ask));
  const answered = answers.flatMap((answer) =>
    answer.status === "fulfilled" ? [answer.value] : [],
  );
  const missing = answers.length - answered.length;
  const merged = mergeAnswers(answered, search.limit);
  if (missing === 0) return merged;
  log("warn", "projects_unreachable", { request: requestId, missing });
  return { ...merged, incomplete: true };
}
