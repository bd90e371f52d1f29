/** Asking all projects that a caller may reach, side by side. */

import { type Reader, readerOf } from "../access/caller.ts";
import type { ProjectHereRequest } from "../contract/params.ts";
import type { KnownProjects, ProjectHere } from "../contract/team.ts";
import type { ProjectObject } from "../durable/project/project-object.ts";
import { absolutePath, machineId } from "../hooks/hook-place.ts";
import type { ProjectRef } from "../memory/delivery.ts";
import { firstFolderName, isFolderProject, shownProject } from "../memory/project-name.ts";
import { createLog } from "../platform/log.ts";
import { isoTime } from "../platform/time.ts";
import type { CallContext } from "./call-context.ts";
import { folderNameFor } from "./folder-names.ts";
import { projectNamed } from "./plain-names.ts";
import { findProject, objectOf, reachableProjects } from "./project-lookup.ts";

export interface ProjectAnswers<Answer> {
  answers: { project: ProjectRef; answer: Answer }[];
  /** Projects that did not answer: they must not hide the others. */
  unreachable: ProjectRef[];
}

type Question<Answer> = (
  stub: DurableObjectStub<ProjectObject>,
  project: ProjectRef,
  reader: Reader,
) => Answer;

/** Asks each of the projects, or without a list all that the caller may reach. Reads only. */
export async function eachProject<Answer>(
  call: CallContext,
  question: Question<Answer>,
  projects?: readonly ProjectRef[],
): Promise<ProjectAnswers<Awaited<Answer>>> {
  const asked = projects ?? (await reachableProjects(call));
  const reader = readerOf(call.caller);
  const settled = await Promise.allSettled(
    asked.map((project) =>
      objectOf(call, project).repeatable((stub) => question(stub, project, reader)),
    ),
  );
  const result: ProjectAnswers<Awaited<Answer>> = { answers: [], unreachable: [] };
  let reason: unknown;
  for (const [index, project] of asked.entries()) {
    const outcome = settled[index];
    if (outcome?.status === "fulfilled") result.answers.push({ project, answer: outcome.value });
    else {
      result.unreachable.push(project);
      reason = outcome?.reason;
    }
  }
  if (result.unreachable.length > 0) {
    const log = createLog({ team: call.caller.team, request: call.requestId });
    log("warn", "projects_unreachable", { missing: result.unreachable.length }, reason);
  }
  return result;
}

/** `incomplete` of an answer over several projects: set where some could not be asked. */
export function incompleteness({ unreachable }: { unreachable: readonly unknown[] }): {
  incomplete?: true;
} {
  return unreachable.length === 0 ? {} : { incomplete: true };
}

/** All projects that the caller may reach and how much each remembers, in the order of their numbers. */
export async function knownProjects(call: CallContext): Promise<KnownProjects> {
  const found = await eachProject(call, (stub, _, reader) => stub.stats(reader, {}));
  const items = found.answers.map(({ project, answer }) => ({
    project: project.name,
    number: project.number,
    observations: answer.observations,
    last_event_at: answer.last_event_at === null ? null : isoTime(answer.last_event_at),
  }));
  return { items, ...incompleteness(found) };
}

/** Whose project a folder is, by the rule that hooks are named by. Creates nothing. */
export async function projectHere(
  call: CallContext,
  { project, git_dir, root, folder, machine }: ProjectHereRequest,
): Promise<ProjectHere> {
  const place = {
    gitDir: absolutePath(git_dir ?? null),
    root: absolutePath(root ?? null),
    cwd: absolutePath(folder ?? null),
  };
  const told = projectNamed(project ?? "");
  const name = told ?? (await folderNameFor(call, machineId(machine ?? null), place));
  const found = await findProject(call, name);
  const first = isFolderProject(name) ? firstFolderName(call.caller.person, name) : null;
  const earlier = first === null || first === name ? null : await findProject(call, first);
  return {
    project: found?.name ?? name,
    shown: shownProject(found?.name ?? name),
    known: found !== null,
    earlier: earlier?.name ?? null,
  };
}
