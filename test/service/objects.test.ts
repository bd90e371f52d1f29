import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { SessionObject } from "../../src/durable/session/session-object.ts";
import { isWorthRepeating } from "../../src/platform/call-object.ts";
import { sessionObject } from "../../src/service/objects.ts";
import { hook, payload } from "../support/api.ts";
import { READER } from "../support/reader.ts";
import { freshSession, textEvent } from "../support/session-under-test.ts";

afterEach(() => vi.restoreAllMocks());

/** An object's own state, which only it can reach. */
function contextOf(object: SessionObject): DurableObjectState {
  return (object as unknown as { ctx: DurableObjectState }).ctx;
}

/**
 * The next event that reaches any session is stored, and then its object is aborted before it has
 * answered, as a deployment does it. Returns how often events have arrived.
 */
function abortNextEvent(when: "before" | "after") {
  const arrived = { times: 0 };
  const event = SessionObject.prototype.event;
  vi.spyOn(SessionObject.prototype, "event").mockImplementation(function (
    this: SessionObject,
    ...args
  ) {
    arrived.times++;
    if (arrived.times > 1) return event.apply(this, args);
    const answer = when === "after" ? event.apply(this, args) : null;
    const ctx = contextOf(this);
    if (answer === null) return ctx.abort("reset by a deployment") as never;
    // What was written has to be on disk, or the abort takes it along: the case before.
    return ctx.storage.sync().then(() => ctx.abort("reset by a deployment")) as never;
  });
  return arrived;
}

describe("an object that is reset in the middle of a hook", () => {
  for (const when of ["before", "after"] as const) {
    it(`has the event once, reset ${when} it was stored`, async () => {
      const id = `reset-${when}-${crypto.randomUUID()}`;
      const prompt = { prompt: "Keep this", prompt_id: "p1" };
      await hook(payload(id, "SessionStart", { source: "startup" }));
      const arrived = abortNextEvent(when);
      const answer = await hook(payload(id, "UserPromptSubmit", prompt));
      expect(answer.status).toBe(200);
      expect(answer.event).toBe(when === "before" ? "stored" : "duplicate");
      expect(arrived.times).toBe(2);
      const stub = env.SESSIONS.getByName(`local/claude-code/${id}`);
      const { kept } = await stub.sources(READER, { keys: ["prompt:1", "prompt:2"] });
      expect(kept.map(({ key }) => key)).toEqual(["prompt:1"]);
    });
  }
});

it("has an event that goes on to its object as a stream, while the Worker holds all of it", async () => {
  const id = `reset-large-${crypto.randomUUID()}`;
  const prompt = { prompt: `Keep this ${"and this ".repeat(4_000)}`, prompt_id: "p1" };
  await hook(payload(id, "SessionStart", { source: "startup" }));
  const arrived = abortNextEvent("before");
  expect(await hook(payload(id, "UserPromptSubmit", prompt))).toMatchObject({ event: "stored" });
  expect(arrived.times).toBe(2);
});

describe("the gate to the objects", () => {
  it("repeats with a fresh stub, once, and only what may arrive twice", async () => {
    const { stub, sender } = freshSession();
    await stub.event({ sender, event: textEvent("prompt", "p1", "Begin") });
    const gate = sessionObject(env, sender.name);
    const view = SessionObject.prototype.view;
    const spy = vi.spyOn(SessionObject.prototype, "view");
    /** Aborts the object under each of the next calls. */
    const abortNext = (times: number) => {
      spy.mockClear();
      for (let i = 0; i < times; i++) {
        spy.mockImplementationOnce(function (this: SessionObject) {
          return contextOf(this).abort("reset by a deployment") as never;
        });
      }
      spy.mockImplementation(view);
    };
    const ask = (target: typeof stub) => target.view(READER, {});
    abortNext(1);
    expect(await gate.repeatable(ask)).toMatchObject({ state: "active" });
    expect(spy).toHaveBeenCalledTimes(2);
    abortNext(2);
    await expect(gate.repeatable(ask)).rejects.toThrow("reset by a deployment");
    expect(spy).toHaveBeenCalledTimes(2);
    abortNext(1);
    await expect(gate.once(ask)).rejects.toThrow("reset by a deployment");
    expect(spy).toHaveBeenCalledTimes(1);
  });

  it("leaves an overloaded object alone, and what failed for a reason of its own", () => {
    const error = (properties: object) => Object.assign(new Error("x"), properties);
    expect(isWorthRepeating(error({ retryable: true }))).toBe(true);
    expect(isWorthRepeating(error({ durableObjectReset: true }))).toBe(true);
    expect(isWorthRepeating(error({ retryable: true, overloaded: true }))).toBe(false);
    expect(isWorthRepeating(error({ remote: true }))).toBe(false);
    expect(isWorthRepeating("gone")).toBe(false);
  });
});
