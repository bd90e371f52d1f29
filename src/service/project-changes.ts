/** Renaming, merging and deleting projects. */
import { ApiError } from "../contract/errors.ts";
import type { DeletedProject, MergedProject, RenamedProject } from "../contract/team.ts";
import type { LeaveState } from "../durable/project/project-object.ts";
import type { ProjectRef } from "../memory/delivery.ts";
import { noteDeed } from "./audit.ts";
import type { CallContext } from "./call-context.ts";
import { teamObject } from "./objects.ts";
import { projectNamed } from "./plain-names.ts";
import {
  findProject,
  forgetProjects,
  invalidProject,
  objectOf,
  reachableProjects,
} from "./project-lookup.ts";

/** A project as somebody asked for it: by its number, a name, or one of its other names. */
interface Asked {
  project: ProjectRef;
  /** The name that it was asked by, where that is not the one it shows. */
  otherName: string | null;
}

/**
 * A project by its number or a name. Throws 400 for no usable name, 404 where there is none. What
 * was remembered of names is asked for again: what follows changes them.
 */
async function askedProject(call: CallContext, value: string): Promise<Asked> {
  forgetProjects();
  if (/^[1-9]\d{0,8}$/.test(value)) {
    const projects = await reachableProjects(call);
    const project = projects.find(({ number }) => number === Number(value));
    if (project !== undefined) return { project, otherName: null };
  }
  const name = projectNamed(value);
  if (name === null) throw invalidProject();
  const project = await findProject(call, name);
  if (project === null) throw unknownProject(name);
  return { project, otherName: project.name === name ? null : name };
}

/** The project is shown by a new name; the old one leads to it. May be repeated. */
export async function renameProject(
  call: CallContext,
  value: string,
  newName: string,
): Promise<RenamedProject> {
  const name = projectNamed(newName);
  if (name === null) throw invalidProject();
  const asked = await askedProject(call, value);
  const { number, name: was } = asked.project;
  if (was === name) return { project: name, number, was: asked.otherName ?? was };
  mustBeShown(asked);
  await noteDeed(call, "rename_project", `${was} → ${name}`);
  const team = teamObject(call.env, call.caller.team);
  const outcome = await team.repeatable((stub) => stub.renameProject({ number, name }));
  forgetProjects();
  if (outcome === "renamed") return { project: name, number, was };
  if (outcome === "taken") {
    throw new ApiError(
      "name_taken",
      `${name} leads to another project: merge ${was} into it, or take another name`,
    );
  }
  throw outcome === "leaving" ? busy(was) : unknownProject(was);
}

/** One project takes over all that another one remembers, and its names. May be repeated. */
export async function mergeProject(
  call: CallContext,
  value: string,
  intoValue: string,
): Promise<MergedProject> {
  const asked = await askedProject(call, value);
  const into = await askedProject(call, intoValue);
  const { project: target } = into;
  const { name: merged, number } = asked.project;
  const answer = { project: target.name, number: target.number };
  if (target.number === number) {
    if (asked.otherName !== null) return { ...answer, merged: asked.otherName, done: true };
    throw new ApiError("same_project", `${merged} cannot be merged into itself`);
  }
  mustBeShown(asked);
  await noteDeed(call, "merge_project", `${merged} → ${target.name}`);
  const state = await leave(call, asked.project, target.number);
  if (state === "refused" || state === "other") throw busy(merged);
  return { ...answer, merged, done: state === "left" };
}

/**
 * Nothing that the project remembers is shown from now on, its sessions are forgotten, and its
 * names are free. May be repeated while it is not done.
 */
export async function deleteProject(call: CallContext, value: string): Promise<DeletedProject> {
  const asked = await askedProject(call, value);
  mustBeShown(asked);
  const { name } = asked.project;
  await noteDeed(call, "delete_project", name);
  const state = await leave(call, asked.project, null);
  if (state === "refused" || state === "other") throw busy(name);
  return { deleted: name, done: state === "left" };
}

async function leave(
  call: CallContext,
  project: ProjectRef,
  into: number | null,
): Promise<LeaveState> {
  const { number } = project;
  const request = { team: call.caller.team, number, into };
  const state = await objectOf(call, project).repeatable((stub) => stub.leave(request));
  forgetProjects();
  return state;
}

/** Whoever names a project by what it was once called may not mean what it is now. */
function mustBeShown({ project, otherName }: Asked): void {
  if (otherName === null) return;
  throw new ApiError(
    "other_name",
    `${otherName} leads to ${project.name} today: name it so, if that is the one you mean`,
  );
}

function unknownProject(name: string): ApiError {
  return new ApiError(
    "unknown_project",
    `no project is called ${name}; GET /v1/projects shows those that there are`,
  );
}

function busy(name: string): ApiError {
  return new ApiError(
    "project_busy",
    `${name}, or the other project, is being merged or deleted already: wait until that is done`,
  );
}
