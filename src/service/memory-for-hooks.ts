/**
 * What a hook's answer gives back to the agent: memory, within a time that the agent does not
 * notice. What could not be given in time is given with the next prompt.
 */
import { isLimited, readerOf } from "../access/caller.ts";
import type { ContextAnswer } from "../contract/calls.ts";
import type { ProjectObject } from "../durable/project/project-object.ts";
import type { Telling } from "../durable/session/intake/answer-limit.ts";
import {
  fileMark,
  type IntakeAnswer,
  type Sender,
  type StartAnswer,
} from "../durable/session/intake/intake.ts";
import type { SessionObject } from "../durable/session/session-object.ts";
import type { ProjectRef } from "../memory/delivery.ts";
import { sessionPath } from "../memory/session-name.ts";
import { withTimeout } from "../platform/with-timeout.ts";
import type { CallContext } from "./call-context.ts";
import { noticeOf } from "./notice.ts";
import { type ObjectGate, projectObject } from "./objects.ts";
import { findProject } from "./project-lookup.ts";

/** A session's start may wait this long for its context. */
const START_MEMORY_MS = 2_000;
/** Any other hook. */
const HOOK_MEMORY_MS = 1_000;
/** Kept back for the answer's own way. */
const MARGIN_MS = 100;
/** Most tokens that a prompt's answer adds of its own. */
const PROMPT_MEMORY_TOKENS = 600;

interface Asked {
  call: CallContext;
  session: ObjectGate<SessionObject>;
  sender: Sender;
  /** The command that texts may name; null: they name MCP tools only. */
  cli: string | null;
}

/** Memory for the agent's model, with a line for the person where it is a session's context. */
export interface Memory {
  text: string;
  notice: string | null;
}

/** The context of a session that starts; null where there is none, or not in time. */
export async function startMemory(
  asked: Asked & { start: StartAnswer & Telling },
): Promise<Memory | null> {
  const { start } = asked;
  if (start.mayTell === false) return null;
  const scope = { project: start.project, since: start.since, exclude: start.exclude };
  return await fullContext(asked, scope, START_MEMORY_MS);
}

/** What fits a prompt: the session's context where it was not given yet, else what it asks about. */
export async function promptMemory(
  asked: Asked & { answer: IntakeAnswer & Telling; prompt: string },
): Promise<Memory | null> {
  const { answer } = asked;
  if (answer.mayTell === false) return null;
  if (answer.contextDue) {
    const scope = { project: answer.project, since: answer.givenUntil, exclude: answer.given };
    return await fullContext(asked, scope, HOOK_MEMORY_MS);
  }
  return await give(asked, fittingContext(asked), []);
}

async function fittingContext(
  asked: Asked & { answer: IntakeAnswer; prompt: string },
): Promise<ContextAnswer | null> {
  const project = await findProject(asked.call, asked.answer.project);
  if (project === null) return null;
  const query = {
    project,
    query: asked.prompt,
    exclude: asked.answer.given,
    excludeSession: sessionPath(asked.sender.name),
    tokens: PROMPT_MEMORY_TOKENS,
    now: asked.call.now,
  };
  return await projectOf(asked.call, project).repeatable((stub) =>
    stub.promptContext(readerOf(asked.call.caller), query),
  );
}

/** What is known of the file that was just read: once per file and session. */
export async function readMemory(asked: Asked & { answer: IntakeAnswer }): Promise<Memory | null> {
  const file = asked.answer.fileRead;
  if (file === null) return null;
  return await give(asked, fileContext(asked, file), [fileMark(file)]);
}

async function fileContext(
  asked: Asked & { answer: IntakeAnswer },
  file: string,
): Promise<ContextAnswer | null> {
  const project = await findProject(asked.call, asked.answer.project);
  if (project === null) return null;
  const query = {
    project,
    file,
    exclude: asked.answer.given,
    excludeSession: sessionPath(asked.sender.name),
    now: asked.call.now,
  };
  return await projectOf(asked.call, project).repeatable((stub) =>
    stub.fileContext(readerOf(asked.call.caller), query),
  );
}

/** What was found in time, if anything. Only then it is noted as given, with `marks` beside it. */
async function give(
  asked: Asked,
  work: Promise<ContextAnswer | null>,
  marks: string[],
): Promise<Memory | null> {
  const found = await withTimeout(work, timeLeft(asked.call.now, HOOK_MEMORY_MS));
  if (found === null || found.text === "") return null;
  const ids = [...marks, ...found.observations];
  return (await note(asked, found.text, ids, null)) ? { text: found.text, notice: null } : null;
}

/**
 * Notes what is about to be given; false where the key was told enough in this hour. The event is
 * stored: that this could not be noted may neither fail the answer nor hold it up.
 */
async function note(
  asked: Asked,
  text: string,
  ids: string[],
  until: number | null,
): Promise<boolean> {
  const given = { ids, until, limited: text !== "" && isLimited(asked.call.caller) };
  const mayTell = await withTimeout(
    asked.session.repeatable((stub) => stub.contextGiven(given)),
    MARGIN_MS,
  );
  return mayTell !== false;
}

async function fullContext(
  asked: Asked,
  scope: { project: string; since: number; exclude: string[] },
  limitMs: number,
): Promise<Memory | null> {
  const found = await withTimeout(findContext(asked, scope), timeLeft(asked.call.now, limitMs));
  if (found === null) return null;
  // Counts as given only where the answer leaves in time.
  if (Date.now() - asked.call.now > limitMs) return null;
  const mayTell = await note(asked, found.text, found.observations, found.until);
  if (found.text === "" || !mayTell) return null;
  return { text: found.text, notice: noticeOf(found.told) };
}

async function findContext(
  asked: Asked,
  scope: { project: string; since: number; exclude: string[] },
): Promise<Pick<ContextAnswer, "text" | "observations" | "until" | "told">> {
  const project = await findProject(asked.call, scope.project);
  if (project === null) return { text: "", observations: [], until: 0 };
  const query = {
    project,
    since: scope.since,
    exclude: scope.exclude,
    excludeSession: sessionPath(asked.sender.name),
    ...(asked.sender.branch === null ? {} : { branch: asked.sender.branch }),
    ...(asked.cli === null ? {} : { cli: asked.cli }),
    now: asked.call.now,
  };
  return await projectOf(asked.call, project).repeatable((stub) =>
    stub.context(readerOf(asked.call.caller), query),
  );
}

function projectOf(
  { env, caller }: CallContext,
  { number }: ProjectRef,
): ObjectGate<ProjectObject> {
  return projectObject(env, caller.team, number);
}

function timeLeft(arrivedAt: number, limitMs: number): number {
  return limitMs - MARGIN_MS - (Date.now() - arrivedAt);
}
