import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import type { SessionObject } from "../../src/durable/session/session-object.ts";
import { promptMemory, startMemory } from "../../src/service/memory-for-hooks.ts";
import { freshSession } from "../support/session-under-test.ts";

it("never fails a hook because the session could not note what was given", async () => {
  const { sender, project } = freshSession();
  const gone = async () => {
    throw new Error("the object was reset");
  };
  const session = { contextGiven: gone } as unknown as DurableObjectStub<SessionObject>;
  const asked = {
    env,
    caller: { team: "local", person: sender.actor, key: sender.actor, scopes: ["full" as const] },
    session,
    sender,
    now: Date.now(),
  };
  const start = { project, since: 0, exclude: [] };
  expect(await startMemory({ ...asked, start })).toBeNull();
  const answer = { outcome: "stored" as const, project, contextDue: true, fileRead: null };
  const known = { ...answer, given: [], givenUntil: 0 };
  expect(await promptMemory({ ...asked, answer: known, prompt: "Go on" })).toBeNull();
});
