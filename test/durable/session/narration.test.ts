/** What an agent says between its calls, from the hook to the memory and out of it again. */

import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { READER } from "../../support/reader.ts";
import { freshSession, memoryOf, textEvent, toolUse } from "../../support/session-under-test.ts";

type Session = ReturnType<typeof freshSession>;

const CLOSING = "The walrus is taught: the trainer now waits for its fish.";

async function send({ stub, sender }: Session, ...events: ReturnType<typeof textEvent>[]) {
  const outcomes = [];
  for (const event of events) outcomes.push((await stub.event({ sender, event })).outcome);
  return outcomes;
}

async function sources({ stub }: Session, ...keys: string[]) {
  const { kept } = await stub.sources(READER, { keys });
  return Object.fromEntries(kept.map(({ key, body }) => [key, JSON.parse(body)]));
}

/** What the session's tables hold, as text. */
async function stored({ stub }: Session): Promise<string> {
  return await runInDurableObject(stub, (_object, state) =>
    JSON.stringify(
      ["session", "events", "batches", "outbox"].map((table) =>
        state.storage.sql.exec(`SELECT * FROM ${table}`).toArray(),
      ),
    ),
  );
}

const times = (text: string, part: string) => text.split(part).length - 1;

describe("a closing message and its Stop", () => {
  const say = textEvent("say", "m1", CLOSING);
  const stop = textEvent("turn_end", "p1:x", CLOSING);

  it.each([
    ["the message first", [say, stop], { "stop:1": "say:1" }],
    ["the Stop first", [stop, say], { "say:1": "stop:1" }],
  ] as const)("are stored with their text once: %s", async (_name, closing, refs) => {
    const session = freshSession();
    await send(session, textEvent("prompt", "p1", "Teach the walrus"), ...closing);
    const text = await stored(session);
    expect(times(text, CLOSING)).toBe(1);
    for (const [key, ref] of Object.entries(refs)) {
      expect(text).toContain(`"event_key":"${key}"`);
      expect(text).toContain(`"ref":"${ref}"`);
    }
    expect(await sources(session, "say:1", "stop:1")).toEqual({
      "say:1": { text: CLOSING },
      "stop:1": { text: CLOSING },
    });
    const { stub, project } = session;
    const view = await stub.flush(READER, { wait: true });
    expect(view?.events).toMatchObject({ pending: 0, dead: 0 });
    const before = await memoryOf(project);
    expect(before.summaries).toMatchObject([{ prompt_number: 1, sources: expect.anything() }]);
    expect(JSON.stringify(before)).not.toContain("say:1");
    // A redo reads the same.
    await stub.redo({});
    await stub.flush(READER, { wait: true });
    const after = await memoryOf(project);
    expect(after.summaries.map(({ completed }) => completed)).toEqual(
      before.summaries.map(({ completed }) => completed),
    );
    expect(after.summaries[0]?.completed).toContain("walrus");
  });

  it("are found together where the message came in several parts", async () => {
    const session = freshSession();
    const part = (index: number, text: string) =>
      textEvent("say", `m1:${index}`, text, "p1", { part: { message: "m1", index } });
    await send(
      session,
      textEvent("prompt", "p1", "Teach the walrus"),
      part(0, CLOSING.slice(0, 20)),
      part(1, CLOSING.slice(20)),
      textEvent("turn_end", "p1:x", CLOSING),
    );
    expect(times(await stored(session), CLOSING.slice(20))).toBe(1);
    const read = await sources(session, "stop:1");
    expect(read["stop:1"].text).toBe(CLOSING);
  });

  it("go together where their turn turns out private", async () => {
    const session = freshSession();
    const { stub, sender, project } = session;
    await send(
      session,
      textEvent("prompt", "p0", "Open work", "p0"),
      toolUse("open", { promptId: "p0" }),
    );
    await send(session, textEvent("say", "m0", "Opened.", "p0"), toolUse("a"), say, stop);
    await stub.flush(READER, { wait: true });
    await stub.privatePrompt({ sender, promptId: "p1" });
    await stub.flush(READER, { wait: true });
    for (const text of [await stored(session), JSON.stringify(await memoryOf(project))]) {
      expect(text).not.toContain("walrus");
    }
    expect(await sources(session, "say:1", "say:2", "stop:1")).toEqual({
      "say:1": { text: "Opened." },
    });
  });

  it("leave the text with the one that stays, where the other is dropped as a dead letter", async () => {
    const session = freshSession();
    await send(session, textEvent("prompt", "p1", "Teach the walrus"), say, stop);
    await runInDurableObject(session.stub, (_object, state) => {
      state.storage.sql.exec(
        `INSERT INTO batches VALUES (1, 1, 2, 'dead', 3, 0, 3, 0, 0, NULL, NULL, NULL, 0, NULL, 0, 0, 'x', '{}', NULL)`,
      );
    });
    expect(await session.stub.dropDead({ keys: ["say:1"] })).toBe(1);
    expect(await sources(session, "say:1", "stop:1")).toEqual({ "stop:1": { text: CLOSING } });
  });
});

describe("what is said", () => {
  it("sets no alarm, and waits for the next call or for the session's close", async () => {
    const session = freshSession();
    const { stub } = session;
    const alarm = async () =>
      await runInDurableObject(stub, (_object, state) => state.storage.getAlarm());
    await send(session, textEvent("prompt", "p1", "Teach the walrus"), toolUse("a"));
    await stub.flush(READER, { wait: true });
    const idle = await alarm();
    await send(session, textEvent("say", "m1", "That is the bug: it waits for no fish."));
    expect(await alarm()).toBe(idle);
    expect(await stub.view(READER, {})).toMatchObject({ state: "idle", events: { pending: 1 } });
    await stub.end({});
    await expect.poll(async () => (await stub.view(READER, {}))?.state).toBe("closed");
    expect((await stub.view(READER, {}))?.events).toMatchObject({ pending: 0, dead: 0 });
    // What comes after the close begins nothing again.
    expect(await send(session, textEvent("say", "m2", "Bye."))).toEqual(["stored"]);
    expect(await stub.view(READER, {})).toMatchObject({
      state: "closed",
      events: { pending: 0, skipped: expect.any(Number) },
    });
  });
});

describe("tasks in the background", () => {
  const notice = (task: string, n: number) =>
    textEvent("prompt", `p${n}`, `<task-notification>${task}</task-notification>`, `p${n}`, {
      notice: true,
      tasks: [task],
    });

  it("leave a turn open until the closing that closes, which is the answer to its request", async () => {
    const session = freshSession();
    const { stub, project } = session;
    await send(
      session,
      textEvent("prompt", "p1", "Teach the walrus to sing"),
      toolUse("launch", { output: "agent af12 was started" }),
      textEvent("turn_end", "p1:x", "The trainer works in the background.", "p1", {
        background: true,
      }),
    );
    await stub.flush(READER, { wait: true });
    expect((await memoryOf(project)).summaries).toEqual([]);
    await send(
      session,
      textEvent("prompt", "p2", "Write down how seals sleep under the ice", "p2"),
    );
    await send(session, textEvent("turn_end", "p2:x", "A seal is a seal.", "p2"));
    await stub.flush(READER, { wait: true });
    expect((await memoryOf(project)).summaries).toMatchObject([
      { request: "Write down how seals sleep under the ice" },
    ]);
    await send(session, notice("af12", 3), textEvent("turn_end", "p3:x", "It sings now.", "p3"));
    await stub.flush(READER, { wait: true });
    const { summaries } = await memoryOf(project);
    expect(summaries).toHaveLength(2);
    const sings = summaries.find(({ prompt_number }) => prompt_number === 1);
    expect(sings).toMatchObject({ request: "Teach the walrus to sing" });
    expect(sings?.completed).toContain("sings");
    expect(sings?.sources).toEqual(expect.arrayContaining(["prompt:1", "prompt:3", "stop:3"]));
    expect(sings?.sources).not.toContain("prompt:2");
  });

  it("that never tell of their end are summed up at the session's", async () => {
    const session = freshSession();
    const { stub, project } = session;
    await send(
      session,
      textEvent("prompt", "p1", "Teach the walrus to sing"),
      textEvent("turn_end", "p1:x", "The trainer wrote the songs.", "p1", { background: true }),
    );
    await stub.flush(READER, { wait: true });
    await stub.end({});
    await expect.poll(async () => (await stub.view(READER, {}))?.state).toBe("closed");
    expect((await memoryOf(project)).summaries).toMatchObject([
      { request: "Teach the walrus to sing", completed: expect.stringContaining("songs") },
    ]);
  });
});
