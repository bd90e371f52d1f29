/** Projects and items by their names, as the TeamObject knows them, kept for a short while. */
import { readerOf } from "../access/caller.ts";
import { ApiError } from "../contract/errors.ts";
import type { ProjectObject } from "../durable/project/project-object.ts";
import type { ProjectRef } from "../memory/delivery.ts";
import { parseItemId } from "../memory/item-id.ts";
import { isLeaving } from "../memory/leaving.ts";
import { truncate } from "../platform/truncate.ts";
import { TtlCache } from "../platform/ttl-cache.ts";
import type { CallContext } from "./call-context.ts";
import { type ObjectGate, projectObject, teamObject } from "./objects.ts";
import { projectNamed } from "./plain-names.ts";

/** A project's number may be cached this long (docs/design.md). */
const PROJECT_LIFETIME_MS = 30_000;
const CACHE_MAX_PROJECTS = 2_000;

const numbers = new TtlCache<ProjectRef>(CACHE_MAX_PROJECTS, PROJECT_LIFETIME_MS);

/**
 * The project of a normalised name, or null where the team has none. Creates nothing. What is not
 * there is asked for again each time: a project has to be readable as soon as it was written to.
 */
export async function findProject(
  { env, caller }: CallContext,
  name: string,
): Promise<ProjectRef | null> {
  const key = `${caller.team}/${name}`;
  const known = numbers.get(key, Date.now());
  if (known !== undefined) return known;
  const team = teamObject(env, caller.team);
  const project = await team.repeatable((stub) => stub.locateProject({ name }));
  if (project !== null) numbers.set(key, project, Date.now());
  return project;
}

/** The project of a normalised name, made where there is none. */
export async function openProject({ env, caller }: CallContext, name: string): Promise<ProjectRef> {
  const team = teamObject(env, caller.team);
  return await team.repeatable((stub) => stub.openProject({ name }));
}

/** To be called where names of projects were changed; other isolates follow within 30 seconds. */
export function forgetProjects(): void {
  numbers.clear();
  lists.clear();
}

/** The project of a `project` parameter, or null where there is none. Throws 400 for no usable name. */
export async function requestedProject(
  call: CallContext,
  value: string,
): Promise<ProjectRef | null> {
  const name = projectNamed(value);
  if (name === null) throw invalidProject();
  return await findProject(call, name);
}

export function invalidProject(): ApiError {
  return new ApiError(
    "invalid_project",
    "project: name it by its git remote, for example github.com/acme/app, or as GET /v1/projects shows it",
  );
}

/** All projects that the caller may reach, in the order of their numbers. */
export async function reachableProjects({ env, caller }: CallContext): Promise<ProjectRef[]> {
  const team = teamObject(env, caller.team);
  return await team.repeatable((stub) => stub.projects(readerOf(caller), {}));
}

/** By team and person: what one may reach is nothing that another may know of. */
const lists = new TtlCache<ProjectRef[]>(CACHE_MAX_PROJECTS, PROJECT_LIFETIME_MS);

/** The project of this number, or null where the caller reaches none. */
async function projectOfNumber(call: CallContext, number: number): Promise<ProjectRef | null> {
  const key = `${call.caller.team}/${call.caller.person}`;
  const known = lists.get(key, Date.now())?.find((project) => project.number === number);
  if (known !== undefined) return known;
  const projects = await reachableProjects(call);
  lists.set(key, projects, Date.now());
  return projects.find((project) => project.number === number) ?? null;
}

/** Where an item of a project that was merged is now, or null where the caller reaches none. */
async function placeAfterMerge(
  call: CallContext,
  { number, n }: { number: number; n: number },
): Promise<ItemPlace | null> {
  const team = teamObject(call.env, call.caller.team);
  const next = await team.repeatable((stub) => stub.successor({ number }));
  if (next === null) return null;
  const project = await projectOfNumber(call, next.project.number);
  return project === null ? null : { project, n: n + next.shift };
}

/** The object of a project that a lookup has given. */
export function objectOf(call: CallContext, project: ProjectRef): ObjectGate<ProjectObject> {
  return projectObject(call.env, call.caller.team, project.number);
}

/**
 * A call that writes to a project. Throws 503 while it is being merged or deleted: what is written
 * then would be in neither of the two.
 */
export async function writeTo<Answer>(
  call: CallContext,
  project: ProjectRef,
  write: (object: ObjectGate<ProjectObject>) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await write(objectOf(call, project));
  } catch (error) {
    if (!isLeaving(error)) throw error;
    forgetProjects();
    throw new ApiError(
      "project_leaving",
      `${project.name} is being merged into another project or deleted; try again shortly`,
    );
  }
}

/** Where an item is. */
export interface ItemPlace {
  project: ProjectRef;
  n: number;
}

/** Where an item is, or null where the caller reaches no such project. Throws 400 for what is not an id. */
export async function placeOfItem(call: CallContext, id: string): Promise<ItemPlace | null> {
  const parsed = parseItemId(id);
  if (parsed === null) {
    throw new ApiError(
      "invalid_id",
      `${JSON.stringify(truncate(id, 40))} is not a valid id: ids read <project>-<n>, for example 3-4567, as lists and searches show them`,
    );
  }
  const project = await projectOfNumber(call, parsed.number);
  return project === null ? await placeAfterMerge(call, parsed) : { project, n: parsed.n };
}

/** For an id that reads well and names nothing. */
export function unknownItem(id: string): ApiError {
  return new ApiError(
    "unknown_id",
    `there is no ${id}: it was deleted or never was; search shows the ids that there are`,
  );
}
