/** What agents' sessions are doing, and what may be done with them. */

import { readerOf } from "../access/caller.ts";
import { ApiError } from "../contract/errors.ts";
import type {
  DeadLetter,
  ProjectDeadLetter,
  Removed,
  SessionList,
  SessionView,
} from "../contract/sessions.ts";
import type { SessionState } from "../contract/vocabulary.ts";
import type { SessionObject } from "../durable/session/session-object.ts";
import { isAgent, isSessionId } from "../memory/session-name.ts";
import { noteDeed } from "./audit.ts";
import type { CallContext } from "./call-context.ts";
import { askSessions, eachSession } from "./live-sessions.ts";
import { type ObjectGate, sessionObject } from "./objects.ts";
import { projectNamed } from "./plain-names.ts";
import { findProject, objectOf } from "./project-lookup.ts";

/** A session as a path names it: `<agent>/<session_id>`. */
export interface AgentSession {
  agent: string;
  id: string;
}

/** The sessions of a project; none for a project that does not exist. */
export async function listSessions(
  call: CallContext,
  projectName: string,
  state: SessionState | undefined,
): Promise<SessionList> {
  const { project, sessions } = await sessionsOfProject(call, projectName);
  const { views, approximate } = await askSessions(call, sessions);
  const items = views
    .filter((view) => state === undefined || view.state === state)
    .map((view) => (view.live && project !== null ? { ...view, project: project.name } : view));
  return { items, approximate };
}

async function sessionsOfProject(call: CallContext, projectName: string) {
  const name = projectNamed(projectName);
  const project = name === null ? null : await findProject(call, name);
  if (project === null) return { project, sessions: [] };
  const sessions = await objectOf(call, project).repeatable((stub) =>
    stub.sessions(readerOf(call.caller), {}),
  );
  return { project, sessions };
}

/** All of these throw ApiError: 400 for no usable name, 404 for a session that was never heard of. */
export async function viewSession(call: CallContext, name: AgentSession): Promise<SessionView> {
  const view = await namedSession(call, name).repeatable((stub) =>
    stub.view(readerOf(call.caller), {}),
  );
  return await underToday(call, known(view));
}

/** Everything that waits is due now. With `wait`, answers when it is done or a minute is over. */
export async function flushSession(
  call: CallContext,
  name: AgentSession,
  wait: boolean,
): Promise<SessionView> {
  const view = await namedSession(call, name).repeatable((stub) =>
    stub.flush(readerOf(call.caller), { wait }),
  );
  return await underToday(call, known(view));
}

/** A session keeps the name that its project had when it heard of it; shown is today's. */
async function underToday(call: CallContext, view: SessionView): Promise<SessionView> {
  const project = await findProject(call, view.project);
  return project === null ? view : { ...view, project: project.name };
}

/** Compresses again what is kept: returns how many batches. Throws 409 where nothing is kept. */
export async function redoSession(call: CallContext, name: AgentSession): Promise<number> {
  const batches = known(await namedSession(call, name).once((stub) => stub.redo({})));
  if (batches > 0) return batches;
  throw new ApiError(
    "nothing_kept",
    "no raw events of this session are kept any more (or none is done yet), so nothing can be compressed again",
  );
}

/**
 * Ends a session; with `forget` its project keeps nothing of it, and the answer says what was
 * removed. Throws 503 while that goes on.
 */
export async function endSession(
  call: CallContext,
  name: AgentSession,
  forget: boolean,
): Promise<Removed | undefined> {
  const session = namedSession(call, name);
  known(await session.repeatable((stub) => stub.view(readerOf(call.caller), {})));
  await noteDeed(call, forget ? "forget_session" : "delete_session", pathOf(name));
  const outcome = await session.once((stub) => stub.remove({ forget }));
  if (outcome === "unknown") throw unknownSession();
  if (outcome === "pending") {
    throw new ApiError(
      "still_ending",
      "the session is being ended, but its project could not be reached yet; it goes on by itself",
    );
  }
  return forget ? (await viewSession(call, name)).removed : undefined;
}

export async function deadLetters(call: CallContext, name: AgentSession): Promise<DeadLetter[]> {
  const letters = await namedSession(call, name).repeatable((stub) =>
    stub.dead(readerOf(call.caller), {}),
  );
  return known(letters);
}

/** Tries dead letters again: those of these keys, or all (null). Returns how many. */
export async function retryDead(
  call: CallContext,
  name: AgentSession,
  keys: string[] | null,
): Promise<number> {
  return known(await namedSession(call, name).once((stub) => stub.retryDead({ keys })));
}

/** Drops dead letters: those of these keys, or all (null). Returns how many. */
export async function dropDead(
  call: CallContext,
  name: AgentSession,
  keys: string[] | null,
): Promise<number> {
  await deadLetters(call, name);
  await noteDeed(call, "drop_dead_letters", pathOf(name));
  return known(await namedSession(call, name).once((stub) => stub.dropDead({ keys })));
}

/** The dead letters of all sessions of a project. Sessions that do not answer are left out. */
export async function deadLettersOfProject(
  call: CallContext,
  projectName: string,
): Promise<ProjectDeadLetter[]> {
  const found = await eachSessionOf(call, projectName, async (gate, session) => {
    const letters = await gate.repeatable((stub) => stub.dead(readerOf(call.caller), {}));
    return (letters ?? []).map((letter) => ({ session, ...letter }));
  });
  return found.flat();
}

export async function retryDeadOfProject(call: CallContext, projectName: string): Promise<number> {
  const counts = await eachSessionOf(call, projectName, (gate) =>
    gate.once((stub) => stub.retryDead({ keys: null })),
  );
  return sum(counts);
}

export async function dropDeadOfProject(call: CallContext, projectName: string): Promise<number> {
  const { project } = await sessionsOfProject(call, projectName);
  if (project === null) return 0;
  await noteDeed(call, "drop_dead_letters", project.name);
  const counts = await eachSessionOf(call, projectName, (gate) =>
    gate.once((stub) => stub.dropDead({ keys: null })),
  );
  return sum(counts);
}

async function eachSessionOf<Answer>(
  call: CallContext,
  projectName: string,
  ask: (gate: ObjectGate<SessionObject>, session: string) => Promise<Answer>,
): Promise<Answer[]> {
  const { sessions } = await sessionsOfProject(call, projectName);
  const names = sessions.map(({ session }) => session);
  return (await eachSession(call, names, ask)).filter((answer) => answer !== null);
}

function sum(counts: readonly (number | null)[]): number {
  return counts.reduce<number>((total, count) => total + (count ?? 0), 0);
}

function pathOf({ agent, id }: AgentSession): string {
  return `${agent}/${id}`;
}

function namedSession(call: CallContext, { agent, id }: AgentSession): ObjectGate<SessionObject> {
  if (!isAgent(agent) || !isSessionId(id)) {
    throw new ApiError(
      "invalid_session",
      "name a session as <agent>/<session_id>, the id with 1 to 200 printable characters",
    );
  }
  return sessionObject(call.env, { team: call.caller.team, agent, sessionId: id });
}

function known<Answer>(answer: Answer | null): Answer {
  if (answer === null) throw unknownSession();
  return answer;
}

function unknownSession(): ApiError {
  return new ApiError(
    "unknown_session",
    "no such session was ever heard of; GET /v1/sessions?project=… lists those of a project",
  );
}
