/**
 * The gate to the objects: the one place of the Worker that makes stubs. Who calls says whether the
 * call may arrive twice; where it may, it outlives a reset of its object.
 */
import { namespaces } from "../durable/namespaces.ts";
import type { ProjectObject } from "../durable/project/project-object.ts";
import type { SessionObject } from "../durable/session/session-object.ts";
import type { TeamObject } from "../durable/team/team-object.ts";
import { projectObjectName } from "../memory/project-name.ts";
import { type SessionName, sessionObjectName, sessionPath } from "../memory/session-name.ts";
import { callRepeatable } from "../platform/call-object.ts";
import { createLog, type LogContext } from "../platform/log.ts";

export interface ObjectGate<Target extends Rpc.DurableObjectBranded> {
  /** For calls that may arrive twice: reads, and writes that say the same the second time. */
  repeatable<Answer>(call: (stub: DurableObjectStub<Target>) => Answer): Promise<Awaited<Answer>>;
  /** For calls of which a second one would do something else. */
  once<Answer>(call: (stub: DurableObjectStub<Target>) => Answer): Promise<Awaited<Answer>>;
}

export function sessionObject(env: Env, name: SessionName): ObjectGate<SessionObject> {
  return gate(namespaces(env).SESSIONS, sessionObjectName(name), {
    team: name.team,
    session: sessionPath(name),
  });
}

export function projectObject(env: Env, team: string, number: number): ObjectGate<ProjectObject> {
  return gate(namespaces(env).PROJECTS, projectObjectName(team, number), {
    team,
    project: String(number),
  });
}

export function teamObject(env: Env, team: string): ObjectGate<TeamObject> {
  return gate(namespaces(env).TEAMS, team, { team });
}

function gate<Target extends Rpc.DurableObjectBranded>(
  namespace: DurableObjectNamespace<Target>,
  name: string,
  context: LogContext,
): ObjectGate<Target> {
  const makeStub = () => namespace.getByName(name);
  type Stub = DurableObjectStub<Target>;
  return {
    repeatable: <Answer>(call: (stub: Stub) => Answer) =>
      callRepeatable(makeStub, call, (error) =>
        createLog(context)("warn", "object_reset", {}, error),
      ),
    once: async <Answer>(call: (stub: Stub) => Answer): Promise<Awaited<Answer>> =>
      await call(makeStub()),
  };
}
