/** Projects by name and by number, as the TeamObject knows them, kept for a short while. */

import { type Caller, readerOf } from "../access/caller.ts";
import { ApiError } from "../contract/errors.ts";
import type { ProjectRef } from "../memory/delivery.ts";
import { normaliseProject, projectObjectName } from "../memory/project-name.ts";
import { truncate } from "../platform/truncate.ts";
import { TtlCache } from "../platform/ttl-cache.ts";

/** A project's number may be cached this long (docs/design.md). */
export const PROJECT_LIFETIME_MS = 30_000;
const CACHE_MAX_PROJECTS = 2_000;

const numbers = new TtlCache<ProjectRef>(CACHE_MAX_PROJECTS, PROJECT_LIFETIME_MS);

/**
 * The project of a normalised name, or null where the team has none. Creates nothing. What is not
 * there is asked for again each time: a project has to be readable as soon as it was written to.
 */
export async function findProject(
  env: Env,
  caller: Caller,
  name: string,
): Promise<ProjectRef | null> {
  const key = `${caller.team}/${name}`;
  const known = numbers.get(key, Date.now());
  if (known !== undefined) return known;
  const number = await env.TEAMS.getByName(caller.team).findProject({ name });
  if (number === null) return null;
  const project = { name, number };
  numbers.set(key, project, Date.now());
  return project;
}

/** The project of a query's `project`, or null where there is none. Throws 400 for no usable name. */
export async function requestedProject(
  env: Env,
  caller: Caller,
  value: string,
): Promise<ProjectRef | null> {
  const name = normaliseProject(value);
  if (name === null) {
    throw new ApiError(
      400,
      "invalid_project",
      "project: name it by its git remote, for example github.com/acme/app, or as GET /v1/projects shows it",
    );
  }
  return findProject(env, caller, name);
}

const lists = new TtlCache<ProjectRef[]>(CACHE_MAX_PROJECTS, PROJECT_LIFETIME_MS);

/** The team's project of this number, or null. */
export async function projectOfNumber(
  env: Env,
  caller: Caller,
  number: number,
): Promise<ProjectRef | null> {
  const known = lists.get(caller.team, Date.now())?.find((project) => project.number === number);
  if (known !== undefined) return known;
  const projects = await env.TEAMS.getByName(caller.team).projects(readerOf(caller), {});
  lists.set(caller.team, projects, Date.now());
  return projects.find((project) => project.number === number) ?? null;
}

/** `<number>-<n>`: where an item is. Null for what is no id. */
export function parseItemId(id: string): { number: number; n: number } | null {
  const match = /^([1-9]\d{0,8})-([1-9]\d{0,11})$/.exec(id);
  return match === null ? null : { number: Number(match[1]), n: Number(match[2]) };
}

export interface LocatedItem {
  project: ProjectRef;
  n: number;
  stub: DurableObjectStub<import("../durable/project/project-object.ts").ProjectObject>;
}

/** Where an item of the team is, or null where the team has no such project. Throws 400 for no id. */
export async function locateItem(
  env: Env,
  caller: Caller,
  id: string,
): Promise<LocatedItem | null> {
  const parsed = parseItemId(id);
  if (parsed === null) {
    throw new ApiError(
      400,
      "invalid_id",
      `${JSON.stringify(truncate(id, 40))} is no id: they read <project>-<n>, for example 3-4567, as lists and searches show them`,
    );
  }
  const project = await projectOfNumber(env, caller, parsed.number);
  if (project === null) return null;
  return { project, n: parsed.n, stub: projectStub(env, caller, project) };
}

export function projectStub(env: Env, caller: Caller, project: ProjectRef) {
  return env.PROJECTS.getByName(projectObjectName(caller.team, project.number));
}
