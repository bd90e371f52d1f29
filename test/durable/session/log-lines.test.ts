/** What a session's object logs: whose work it was, what went wrong and where, and no content. */

import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, expect, it, vi } from "vitest";
import { SESSION_MIGRATIONS } from "../../../src/durable/session/migrations.ts";
import { SessionStore } from "../../../src/durable/session/session-store.ts";
import { freshSession, textEvent, toolUse } from "../../support/session-under-test.ts";

afterEach(() => vi.restoreAllMocks());

/** The lines that were logged about a session, parsed. */
function linesOf(session: string) {
  const lines: Record<string, unknown>[] = [];
  for (const level of ["log", "warn", "error"] as const) {
    vi.spyOn(console, level).mockImplementation((line: string) => {
      const parsed = JSON.parse(line);
      if (String(parsed.session).includes(session)) lines.push(parsed);
    });
  }
  return lines;
}

it("name team, session and project, and the error of a drain that fails", async () => {
  const { stub, sender, project, path } = freshSession();
  await stub.event({ sender, event: textEvent("prompt", "p1", "Teach the walrus") });
  const lines = linesOf(path);
  await runInDurableObject(stub, async (_object, state) => {
    const store = new SessionStore(state.storage, SESSION_MIGRATIONS);
    store.session.update({ flushTo: 1 });
    // A payload that nobody wrote: whatever reads it fails.
    const payload = "not JSON: walrus";
    store.outbox.add({ kind: "redo", project, generation: 1, batch: null, payload }, 0);
  });
  // The object reads what was written behind its back in its next life.
  await evictDurableObject(stub);
  await runDurableObjectAlarm(stub);
  expect(lines).toContainEqual({
    event: "delivery_failed",
    level: "warn",
    team: "local",
    session: path,
    project,
    entry: "redo",
    batch: null,
    attempts: 1,
    error: {
      name: "SyntaxError",
      message: expect.stringContaining("JSON"),
      frames: expect.arrayContaining([expect.stringContaining("payload.ts")]),
    },
  });
  lines.length = 0;
  const fails = vi.spyOn(SessionStore.prototype, "schedule").mockImplementation(() => {
    throw new RangeError("no such schedule");
  });
  await runDurableObjectAlarm(stub);
  fails.mockRestore();
  expect(lines).toContainEqual({
    event: "drain_failed",
    level: "error",
    team: "local",
    session: path,
    project,
    error: {
      name: "RangeError",
      message: "no such schedule",
      frames: expect.arrayContaining([expect.stringContaining("drain.ts")]),
    },
  });
  expect(JSON.stringify(lines)).not.toContain("walrus");
});

it("name a session whose row cannot be read by its object", async () => {
  const { stub, sender, path } = freshSession();
  await stub.event({ sender, event: toolUse("a") });
  const lines = linesOf(path);
  const fails = vi.spyOn(SessionStore.prototype, "row").mockImplementation(() => {
    throw new RangeError("no row");
  });
  await runDurableObjectAlarm(stub);
  fails.mockRestore();
  const error = { name: "RangeError", message: "no row" };
  expect(lines).toMatchObject([
    { event: "drain_failed", session: `local/${path}`, error },
    { event: "plan_failed", session: `local/${path}`, error },
  ]);
});
