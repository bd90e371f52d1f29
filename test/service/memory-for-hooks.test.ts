import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { promptMemory, startMemory } from "../../src/service/memory-for-hooks.ts";
import { sessionObject } from "../../src/service/objects.ts";
import { callOf } from "../support/call.ts";
import { freshSession, textEvent } from "../support/session-under-test.ts";

it("never fails a hook because the session could not note what was given", async () => {
  const { stub, sender, project } = freshSession();
  await stub.event({ sender, event: textEvent("prompt", "p1", "Begin") });
  // From here on nothing can be noted: the table of the session is gone. No alarm may look for it.
  await runInDurableObject(stub, async (_, state) => {
    await state.storage.deleteAlarm();
    state.storage.sql.exec("DROP TABLE session");
  });
  await expect(async () => await stub.contextGiven({ ids: [], until: 1 })).rejects.toThrow();
  const call = callOf("local", sender.actor);
  const asked = { call, session: sessionObject(env, sender.name), sender, cli: null };
  const start = { project, since: 0, exclude: [] };
  expect(await startMemory({ ...asked, start })).toBeNull();
  const answer = { outcome: "stored" as const, project, contextDue: true, fileRead: null };
  const known = { ...answer, given: [], givenUntil: 0 };
  expect(await promptMemory({ ...asked, answer: known, prompt: "Go on" })).toBeNull();
});
