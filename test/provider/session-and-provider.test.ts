/** Sessions with one provider alone, against the mock of its API: each of `vitest.config.ts` in turn. */

import {
  abortAllDurableObjects,
  evictDurableObject,
  runDurableObjectAlarm,
  runInDurableObject,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, inject, it } from "vitest";
import { readConfig } from "../../src/config.ts";
import { call, get } from "../support/api.ts";
import { MockScope, type Outcome, type OutcomeKind } from "../support/mock-provider/protocol.ts";
import { READER } from "../support/reader.ts";
import { freshSession, memoryOf, textEvent, toolUse } from "../support/session-under-test.ts";

/** The only one that is configured, and the mock's scope. */
const PROVIDER = readConfig(env).providerChain[0] ?? "";
const mock = new MockScope(inject("mockProviderUrl"), PROVIDER);
const answers = (...queue: (Outcome | OutcomeKind)[]) => mock.control({ queue });

beforeEach(() => mock.control({ queue: [], trouble: 0, reset: true }));

/** A session in which one turn waits for its compression. */
async function waitingTurn(...tools: string[]) {
  const session = freshSession();
  const { stub, sender } = session;
  await stub.event({ sender, event: textEvent("prompt", "p1", "Teach the parrot to whistle") });
  for (const id of tools) await stub.event({ sender, event: toolUse(id) });
  return session;
}

/** The tool calls that the project's observations were made from, each as often as it is cited. */
const sourcesOf = async (project: string) =>
  (await memoryOf(project)).observations
    .flatMap((item) => item.sources)
    .filter((key) => key.startsWith("tool:"))
    .sort();

describe("a provider in trouble", () => {
  it("that asks for patience gets it, and the session goes on by itself", async () => {
    await answers({ kind: "rate_limited", retryAfter: "2" });
    const { stub, project } = await waitingTurn("a", "b");
    const first = stub.flush(READER, { wait: true });
    await expect.poll(async () => (await stub.view(READER, {}))?.attempts).toBe(1);
    expect(await stub.view(READER, {})).toMatchObject({
      state: "active",
      events: { pending: 3, dead: 0 },
    });
    expect((await stub.view(READER, {}))?.last_error).toContain("overloaded");
    expect((await get("/v1/status")).body.providers).toEqual([
      {
        provider: PROVIDER,
        model: "small",
        trouble: expect.stringContaining("status 429"),
      },
    ]);
    const { body: doctor } = await get("/v1/doctor");
    expect(doctor.checks).toContainEqual({
      name: "provider_answers",
      ok: false,
      detail: expect.stringContaining(`${PROVIDER} (status 429`),
    });
    // A flush does not go before what the provider asked for.
    await stub.flush(READER, { wait: false });
    expect((await mock.stats()).requests).toBe(1);
    expect(await first).toMatchObject({ state: "idle", events: { pending: 0, dead: 0 } });
    expect(await stub.view(READER, {})).toMatchObject({ failing_providers: [] });
    expect(await sourcesOf(project)).toEqual(["tool:a", "tool:b"]);
  });

  it("that refuses our key pauses the session, uses up no attempt, and is asked again by itself", async () => {
    await answers("unauthorized");
    const { stub, project } = await waitingTurn("a");
    await stub.flush(READER, { wait: false });
    await expect.poll(async () => (await stub.view(READER, {}))?.state).toBe("paused");
    expect(await stub.view(READER, {})).toMatchObject({
      attempts: 0,
      events: { pending: 2, dead: 0 },
      paused_providers: [{ provider: PROVIDER }],
    });
    const { body: doctor } = await get("/v1/doctor");
    expect(doctor.ok).toBe(false);
    const alarm = await runInDurableObject(stub, (_o, state) => state.storage.getAlarm());
    const inSeconds = ((alarm ?? 0) - Date.now()) / 1000;
    expect(inSeconds).toBeGreaterThan(50);
    expect(inSeconds).toBeLessThan(70);
    // The minute is over; nothing else happens.
    await runInDurableObject(stub, (_o, state) => {
      state.storage.sql.exec("UPDATE batches SET due_at = 0");
      state.storage.sql.exec(
        "UPDATE session SET provider_pauses = json_set(provider_pauses, ?, 0)",
        `$."${PROVIDER}".until`,
      );
    });
    // Its next life reads what stands there.
    await evictDurableObject(stub);
    await runDurableObjectAlarm(stub);
    await expect.poll(async () => (await stub.view(READER, {}))?.state).toBe("idle");
    expect(await stub.view(READER, {})).toMatchObject({ paused_providers: [] });
    expect(await sourcesOf(project)).toEqual(["tool:a"]);
  });

  it("that answers one event with nonsense leaves that one alone behind, as a dead letter", async () => {
    const nonsense: OutcomeKind[] = ["wrong_json", "wrong_json"];
    // The batch of four, its second half, then the half's second event, three times.
    await answers(...nonsense, "ok", ...nonsense, "ok", ...nonsense, ...nonsense, ...nonsense);
    const { stub, project, path } = await waitingTurn("a", "b", "poison");
    // Each flush ends the back-off of the moment.
    await expect
      .poll(async () => (await stub.flush(READER, { wait: false }))?.events, {
        timeout: 25_000,
        interval: 200,
      })
      .toMatchObject({ pending: 0, leased: 0, dead: 1 });
    expect(await sourcesOf(project)).toEqual(["tool:a", "tool:b"]);
    const dead = `/v1/sessions/${path}/dead`;
    expect((await get(dead)).body.items).toMatchObject([
      { key: "tool:poison", kind: "tool_use", tool: "Edit", attempts: 3 },
    ]);
    const ofProject = `project=${encodeURIComponent(project)}`;
    expect((await get(`/v1/dead?${ofProject}`)).body.items).toMatchObject([{ key: "tool:poison" }]);
    const retried = await call("POST", `${dead}/retry?key=tool:poison`);
    expect(await retried.json()).toEqual({ retried: 1 });
    expect((await stub.flush(READER, { wait: true }))?.events).toMatchObject({
      dead: 0,
      pending: 0,
    });
    expect(await sourcesOf(project)).toEqual(["tool:a", "tool:b", "tool:poison"]);
  });

  it("that is down for good leaves dead letters, which can be dropped", {
    timeout: 40_000,
  }, async () => {
    await answers("overloaded", "server_error", "cut_off");
    const { stub, path } = await waitingTurn("a");
    await expect
      .poll(async () => (await stub.flush(READER, { wait: false }))?.events.dead, {
        timeout: 30_000,
        interval: 200,
      })
      .toBe(2);
    expect((await stub.view(READER, {}))?.attempts).toBe(3);
    const dropped = await call("DELETE", `/v1/sessions/${path}/dead`);
    expect(await dropped.json()).toEqual({ dropped: 2 });
    expect((await stub.view(READER, {}))?.events).toMatchObject({ dead: 0, pending: 0 });
  });
});

describe("tokens", () => {
  it("are those that the provider counted, in the session and in the team's usage", async () => {
    const { stub, project } = await waitingTurn("a");
    await stub.flush(READER, { wait: true });
    const view = await stub.view(READER, {});
    expect(view?.tokens.input).toBeGreaterThan(100);
    const { body } = await get("/v1/usage?by=project,provider");
    const own = body.items.find((item: { project: string }) => item.project === project);
    expect(own).toMatchObject({ provider: PROVIDER, ...view?.tokens, calls: 1 });
  });

  it("that a limit no longer allows are not spent: rules take over, and say so", async () => {
    const put = (limit: number | null) =>
      call("PUT", "/v1/budgets", { body: JSON.stringify({ session: { input: limit } }) });
    expect((await put(1)).status).toBe(200);
    const { stub, project } = await waitingTurn("a");
    await stub.flush(READER, { wait: true });
    await put(null);
    expect((await mock.stats()).requests).toBe(0);
    const { observations } = await memoryOf(project);
    expect(observations[0]).toMatchObject({ provider: "extractive", degraded: "over_budget" });
  });
});

describe("while a provider is asked", () => {
  const slow: Outcome = { kind: "slow", ms: 1_500 };
  const asked = () => expect.poll(async () => (await mock.stats()).requests).toBe(1);

  it("a delete aborts the call, and its answer teaches nothing", async () => {
    await answers({ kind: "slow", ms: 20_000 });
    const { stub, project } = await waitingTurn("a");
    await stub.flush(READER, { wait: false });
    await asked();
    expect(await stub.remove({ forget: true })).toBe("removed");
    expect(await memoryOf(project)).toEqual({ observations: [], summaries: [], points: [] });
    expect(await stub.view(READER, {})).toMatchObject({
      state: "closed",
      events: { done: 0, leased: 0 },
    });
  });

  it("a redo, flushes and new events neither lose nor repeat anything", async () => {
    await answers(slow);
    const { stub, sender, project } = await waitingTurn("a");
    await stub.flush(READER, { wait: false });
    await asked();
    await stub.redo({});
    await stub.event({ sender, event: toolUse("b") });
    await Promise.all([
      stub.flush(READER, { wait: true }),
      stub.flush(READER, { wait: true }),
      runDurableObjectAlarm(stub),
    ]);
    await stub.redo({});
    await stub.event({ sender, event: toolUse("c") });
    await Promise.all([stub.flush(READER, { wait: true }), stub.flush(READER, { wait: true })]);
    expect(await sourcesOf(project)).toEqual(["tool:a", "tool:b", "tool:c"]);
  });

  it("a change of project takes the answer along, and leaves the folder empty", async () => {
    await answers(slow);
    const folder = freshSession({ project: null });
    const { stub, sender } = folder;
    await stub.event({ sender, event: textEvent("prompt", "p1", "Work") });
    await stub.event({ sender, event: toolUse("a") });
    await stub.flush(READER, { wait: false });
    await asked();
    await stub.start({ sender: { ...sender, project: folder.project }, source: "resume" });
    await stub.flush(READER, { wait: true });
    expect(await sourcesOf(folder.project)).toEqual(["tool:a"]);
    expect(await sourcesOf(sender.folderProject)).toEqual([]);
  });

  it("a prompt that turns out private takes its turn out of the call's answer", async () => {
    await answers(slow);
    const { stub, sender, project } = await waitingTurn("a");
    await stub.flush(READER, { wait: false });
    await asked();
    await stub.privatePrompt({ sender, promptId: "p1" });
    const view = await stub.flush(READER, { wait: true });
    expect(view?.events).toEqual({ pending: 0, leased: 0, done: 0, skipped: 0, dead: 0 });
    expect(await memoryOf(project)).toEqual({ observations: [], summaries: [], points: [] });
  });
});

it("keeps its work over an abort in the middle of a call, and over an eviction", async () => {
  await answers({ kind: "slow", ms: 3_000 });
  const { stub, project, sender } = await waitingTurn("a");
  const name = `local/claude-code/${sender.name.sessionId}`;
  await stub.flush(READER, { wait: false });
  await expect.poll(async () => (await mock.stats()).requests).toBe(1);
  // The object's life ends; what it asked for is never answered.
  await abortAllDurableObjects();
  const next = env.SESSIONS.getByName(name);
  expect((await next.view(READER, {}))?.events.leased).toBe(2);
  await next.flush(READER, { wait: true });
  expect(await sourcesOf(project)).toEqual(["tool:a"]);
  await evictDurableObject(next);
  expect((await env.SESSIONS.getByName(name).view(READER, {}))?.state).toBe("idle");
});
