import { env } from "cloudflare:workers";
import { runDurableObjectAlarm } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import type { Sender } from "../../src/durable/session/intake.ts";
import type { IncomingEvent } from "../../src/memory/event.ts";

let count = 0;
export function freshSession() {
  const sessionId = `drain-${++count}-${crypto.randomUUID()}`;
  const name = { team: "local", agent: "claude-code", sessionId };
  const stub = env.SESSIONS.getByName(`local/claude-code/${sessionId}`);
  const sender: Sender = {
    name,
    actor: "test0001",
    project: `github.com/acme/${sessionId}`,
    folderProject: "folder/test0001/app",
    cwd: "/home/dev/app",
    branch: "main",
    commit: null,
  };
  return { sessionId, stub, sender, path: `claude-code/${sessionId}` };
}

export function toolUse(id: string, output = "ok", promptId = "p1"): IncomingEvent {
  return {
    kind: "tool_use",
    identity: `tool:${id}`,
    identityScope: "session",
    subject: id,
    promptId,
    at: Date.now(),
    skip: null,
    body: {
      tool: "Edit",
      input: { file_path: `/home/dev/app/src/${id}.ts`, old_string: "a", new_string: `export const ${id} = 1` },
      output,
      files_read: [],
      files_modified: [`/home/dev/app/src/${id}.ts`],
    },
  };
}

export function text(
  kind: "prompt" | "turn_end" | "compaction",
  identity: string,
  value: string,
  promptId = "p1",
): IncomingEvent {
  return {
    kind,
    identity,
    identityScope: "session",
    subject: null,
    promptId,
    at: Date.now(),
    skip: null,
    body: { text: value },
  };
}

describe("a session's drain", () => {
  it("turns a turn's events into observations and a summary of its project", async () => {
    const { stub, sender, path } = freshSession();
    await stub.event(sender, text("prompt", "prompt:p1", "Add the retry budget"));
    for (const id of ["one", "two", "three"]) await stub.event(sender, toolUse(id));
    await stub.event(sender, text("turn_end", "stop:p1:x", "Done: the retry budget is in place."));
    const view = await stub.flush(true);
    expect(view).toMatchObject({
      session: path,
      state: "idle",
      events: { pending: 0, leased: 0, dead: 0 },
    });
    const number = await env.TEAMS.getByName("local").findProject(sender.project ?? "");
    const project = { name: sender.project ?? "", number: number ?? 0 };
    const list = await env.PROJECTS.getByName(`local/${number}`).list({
      project,
      filters: {},
      before: null,
      limit: 50,
    });
    const sources = new Set(list.items.flatMap((item) => item.sources));
    expect([...sources]).toEqual(expect.arrayContaining(["tool:one", "tool:two", "tool:three"]));
    expect(list.items[0]?.files_modified.every((file) => file.startsWith("src/"))).toBe(true);
    await runDurableObjectAlarm(stub);
  });
});
