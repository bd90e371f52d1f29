/** Sessions and events for tests of the SessionObject: a fresh object each. */

import { env } from "cloudflare:workers";
import type { Sender } from "../../src/durable/session/intake/intake.ts";
import type { IncomingEvent, TextBody } from "../../src/memory/event.ts";
import { NO_PLACE } from "../../src/memory/work-place.ts";
import { READER } from "./reader.ts";

/** A session that nothing has touched, in a project of its own. */
export function freshSession(change: Partial<Sender> = {}) {
  const sessionId = `s-${crypto.randomUUID()}`;
  const name = { team: "local", agent: "claude-code", sessionId };
  const stub = env.SESSIONS.getByName(`local/claude-code/${sessionId}`);
  const project = `github.com/acme/${sessionId}`;
  const sender: Sender = {
    name,
    actor: "test0001",
    project,
    folderProject: `folder/test0001/${sessionId}`,
    cwd: "/home/dev/app",
    ...NO_PLACE,
    branch: "main",
    ...change,
  };
  return { sessionId, stub, sender, project, path: `claude-code/${sessionId}` };
}

export function toolUse(
  id: string,
  change: { output?: string; promptId?: string } = {},
): IncomingEvent {
  const file = `/home/dev/app/src/${id}.ts`;
  return {
    kind: "tool_use",
    identity: `tool:${id}`,
    identityScope: "session",
    subject: id,
    promptId: change.promptId ?? "p1",
    at: Date.now(),
    skip: null,
    body: {
      tool: "Edit",
      input: { file_path: file, old_string: "a", new_string: `export const ${id} = 1` },
      output: change.output ?? `-a\n+export const ${id} = 1`,
      files_read: [],
      files_modified: [file],
    },
  };
}

/** An event that is text; `name` stands for the agent's own id of it. */
export function textEvent(
  kind: "prompt" | "say" | "turn_end" | "compaction",
  name: string,
  text: string,
  promptId = "p1",
  stamps: Omit<TextBody, "text"> = {},
): IncomingEvent {
  const series = { prompt: "prompt", say: "say", turn_end: "stop", compaction: "compact" }[kind];
  return {
    kind,
    identity: `${series}:${name}`,
    identityScope: "session",
    subject: null,
    promptId,
    at: Date.now(),
    skip: null,
    body: { text, ...stamps },
  };
}

/** The project of that name, and its object; null where the team has none. */
export async function projectNamed(name: string) {
  const number = await env.TEAMS.getByName("local").findProject({ name });
  if (number === null) return null;
  return { ref: { name, number }, stub: env.PROJECTS.getByName(`local/${number}`) };
}

/** Everything that a project shows of observations, summaries and open points. */
export async function memoryOf(name: string) {
  const project = await projectNamed(name);
  if (project === null) return { observations: [], summaries: [], points: [] };
  const query = { project: project.ref, filters: {}, before: null, limit: 200 };
  const { items: observations } = await project.stub.list(READER, query);
  const { items: summaries } = await project.stub.summaries(READER, query);
  const all = { project: project.ref, state: null, before: null, limit: 200, now: Date.now() };
  const { items: points } = await project.stub.openPoints(READER, all);
  return { observations, summaries, points };
}
