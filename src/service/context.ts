/** What a session starts with: where the last work stopped, and what stands from before. */
import { type Reader, readerOf } from "../access/caller.ts";
import type { ProjectContext } from "../contract/recall.ts";
import type { ProjectObject } from "../durable/project/project-object.ts";
import type { ProjectRef } from "../memory/delivery.ts";
import type { CallContext } from "./call-context.ts";
import { projectNamed } from "./plain-names.ts";
import { objectOf, requestedProject } from "./project-lookup.ts";
import { eachProject, incompleteness, knownProjects } from "./projects.ts";
import { asked } from "./search.ts";

/** What the context is for. */
export interface ContextRequest {
  /** Budget in tokens. */
  tokens: number;
  /** What is about to be done: what bears on it comes first. */
  query?: readonly string[];
  branch?: string | undefined;
  /** Paths at hand. */
  files: string[];
  /** Also tell each choice and its reasons. */
  explain?: boolean;
}

/** The context of the project of this name; empty where there is none. Throws 400 for no usable name. */
export async function contextOf(
  call: CallContext,
  name: string,
  request: ContextRequest,
): Promise<ProjectContext> {
  const project = await requestedProject(call, name);
  if (project === null) {
    return { project: projectNamed(name) ?? name, text: "", tokens: 0, observations: [] };
  }
  return await contextOfProject(call, project, request);
}

export async function contextOfProject(
  call: CallContext,
  project: ProjectRef,
  request: ContextRequest,
): Promise<ProjectContext> {
  const reader = readerOf(call.caller);
  return await objectOf(call, project).repeatable((stub) =>
    ask(stub, project, reader, call.now, request),
  );
}

export interface NewestContexts {
  contexts: ProjectContext[];
  incomplete?: true;
}

/**
 * The contexts of the `most` projects that were worked on last, which share the budget: each gets
 * its part, but at least `tokensMin`.
 */
export async function newestContexts(
  call: CallContext,
  most: number,
  tokensMin: number,
  request: ContextRequest,
): Promise<NewestContexts> {
  const known = await knownProjects(call);
  const newest = known.items
    .filter(({ last_event_at }) => last_event_at !== null)
    .sort((a, b) => (b.last_event_at ?? "").localeCompare(a.last_event_at ?? ""))
    .slice(0, most)
    .map(({ project, number }) => ({ name: project, number }));
  const tokens = Math.max(tokensMin, Math.floor(request.tokens / Math.max(1, newest.length)));
  const found = await eachProject(
    call,
    (stub, project, reader) => ask(stub, project, reader, call.now, { ...request, tokens }),
    newest,
  );
  return {
    contexts: found.answers.map(({ answer }) => answer),
    ...(known.incomplete === true ? { incomplete: true } : incompleteness(found)),
  };
}

async function ask(
  stub: DurableObjectStub<ProjectObject>,
  project: ProjectRef,
  reader: Reader,
  now: number,
  { tokens, query = [], branch, files, explain = false }: ContextRequest,
): Promise<ProjectContext> {
  const { q: first, also } = asked(query);
  const answer = await stub.context(reader, {
    project,
    tokens,
    files,
    now,
    explain,
    ...(query.length === 0 ? {} : { query: first, also }),
    ...(branch === undefined ? {} : { branch }),
  });
  return {
    project: project.name,
    text: answer.text,
    tokens: answer.tokens,
    observations: answer.observations,
    ...(answer.choices === undefined ? {} : { choices: answer.choices }),
  };
}
