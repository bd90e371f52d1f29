import { abortAllDurableObjects, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { READER } from "../../support/reader.ts";
import {
  freshSession,
  memoryOf,
  projectNamed,
  textEvent,
  toolUse,
} from "../../support/session-under-test.ts";

/** A session with one finished turn, delivered. */
async function withOneTurn() {
  const session = freshSession();
  const { stub, sender } = session;
  await stub.event({ sender, event: textEvent("prompt", "p1", "Add a unicorn") });
  await stub.event({ sender, event: toolUse("unicorn") });
  await stub.event({ sender, event: textEvent("turn_end", "p1:x", "The unicorn is in.") });
  await stub.flush(READER, { wait: true });
  return session;
}

describe("how a session ends", () => {
  it("closes at its end once all is processed, and has a summary even without a closing message", async () => {
    const { stub, sender, project } = freshSession();
    await stub.event({ sender, event: textEvent("prompt", "p1", "Begin something") });
    await stub.event({ sender, event: toolUse("a") });
    await stub.flush(READER, { wait: true });
    expect((await memoryOf(project)).summaries).toEqual([]);
    await stub.end({});
    await expect.poll(async () => (await stub.view(READER, {}))?.state).toBe("closed");
    const { summaries } = await memoryOf(project);
    expect(summaries).toMatchObject([{ request: "Begin something", prompt_number: 1 }]);
    const found = await projectNamed(project);
    await expect
      .poll(async () => (await found?.stub.sessions(READER, {}))?.map((session) => session.state))
      .toEqual(["closed"]);
    // A new event reopens it and goes on with its numbers.
    await stub.event({ sender, event: textEvent("prompt", "p2", "Go on", "p2") });
    expect((await stub.view(READER, {}))?.state).toBe("active");
    expect((await stub.sources(READER, { keys: ["prompt:2"] })).kept).toHaveLength(1);
  });

  it("delete leaves the tombstone alone, and numbers go on after it", async () => {
    const { stub, sender, project } = await withOneTurn();
    await stub.event({ sender, event: toolUse("unprocessed") });
    expect(await stub.remove({ forget: false })).toBe("removed");
    expect(await stub.view(READER, {})).toMatchObject({
      state: "closed",
      events: { pending: 0, leased: 0, done: 3, skipped: 0, dead: 0 },
    });
    const rows = await runInDurableObject(stub, (_object, state) =>
      ["events", "batches", "outbox", "session"].map(
        (table) => state.storage.sql.exec(`SELECT * FROM ${table}`).toArray().length,
      ),
    );
    expect(rows).toEqual([0, 0, 0, 1]);
    const alarm = await runInDurableObject(stub, (_object, state) => state.storage.getAlarm());
    expect(alarm).toBeNull();
    expect((await memoryOf(project)).observations).not.toHaveLength(0);
    await stub.event({ sender, event: textEvent("prompt", "p2", "Again", "p2") });
    await stub.flush(READER, { wait: true });
    expect((await stub.view(READER, {}))?.events.done).toBe(4);
    expect((await stub.sources(READER, { keys: ["prompt:2"] })).kept).toHaveLength(1);
  });

  it("takes no event between a delete and its tombstone, so that none is lost", async () => {
    const { stub, sender } = await withOneTurn();
    const between = await runInDurableObject(stub, async (object) => {
      const removed = object.remove({ forget: false });
      const { outcome } = object.event({ sender, event: toolUse("between") });
      return [outcome, await removed];
    });
    expect(between).toEqual(["ignored", "removed"]);
    expect((await stub.event({ sender, event: toolUse("after") })).outcome).toBe("stored");
    expect(
      (await stub.sources(READER, { keys: ["tool:between", "tool:after"] })).kept,
    ).toHaveLength(1);
  });

  it("forget leaves nothing to be found by any route, and only a start anew reopens", async () => {
    const { stub, sender, project, path } = await withOneTurn();
    const found = await projectNamed(project);
    const ask = async () => {
      if (found === null) throw new Error("no project");
      const { ref, stub: memory } = found;
      const now = Date.now();
      const query = { project: ref, filters: {}, before: null, limit: 50 };
      return JSON.stringify([
        await memory.list(READER, query),
        await memory.summaries(READER, query),
        await memory.search(READER, { project: ref, q: "unicorn", filters: {}, limit: 10, now }),
        await memory.search(READER, { project: ref, q: "unicrn", filters: {}, limit: 10, now }),
        await memory.context(READER, { project: ref, now }),
        await memory.timeline(READER, {
          project: ref,
          around: { q: "unicorn" },
          before: 5,
          after: 5,
          now,
        }),
        await memory.getMany(READER, { project: ref, numbers: [1, 2, 3, 4, 5] }),
      ]);
    };
    expect(await ask()).toContain("unicorn");
    expect(await stub.remove({ forget: true })).toBe("removed");
    expect(await ask()).not.toMatch(/unicorn/i);
    expect((await stub.view(READER, {}))?.removed).toEqual({
      events: 3,
      observations: 1,
      summaries: 1,
      prompts: 1,
      open_points: 0,
    });
    expect((await stub.sources(READER, { keys: ["tool:unicorn"] })).kept).toEqual([]);
    const late = await stub.event({ sender, event: toolUse("late") });
    expect(late.outcome).toBe("ignored");
    // A delivery that was under way when the session was forgotten is refused.
    if (found === null) throw new Error("no project");
    const stale = await found.stub.deliver({
      project: found.ref,
      delivery: {
        session: path,
        generation: 1,
        batch: 999,
        observations: [],
        summaries: [],
        prompts: [],
      },
    });
    expect(stale).toBe("forgotten");
    // The agent's own compaction would retell what was forgotten, and so would a resumed transcript.
    for (const source of ["compact", "resume", "fork"] as const) {
      await stub.start({ sender, source });
      const retold = textEvent("compaction", source, "The unicorn is in, and what it took");
      expect((await stub.event({ sender, event: retold })).outcome, source).toBe("ignored");
      expect(await stub.view(READER, {}), source).toMatchObject({ forgotten: true });
    }
    await stub.flush(READER, { wait: true });
    expect(await ask()).not.toMatch(/unicorn/i);
    await stub.start({ sender, source: "startup" });
    expect((await stub.event({ sender, event: toolUse("anew") })).outcome).toBe("stored");
    await stub.flush(READER, { wait: true });
    expect(await ask()).toContain("anew");
  });

  it("redo replaces what was written of the kept events in one step, once", async () => {
    const { stub, project } = await withOneTurn();
    const before = await memoryOf(project);
    const batches = await stub.redo({});
    expect(batches).toBeGreaterThan(0);
    await stub.flush(READER, { wait: true });
    const after = await memoryOf(project);
    expect(after.observations).toHaveLength(before.observations.length);
    expect(after.summaries).toHaveLength(before.summaries.length);
    const ids = (memory: typeof before) => memory.observations.map((item) => item.id);
    expect(ids(after)).not.toEqual(ids(before));
    const titles = (memory: typeof before) => memory.observations.map((item) => item.title).sort();
    expect(titles(after)).toEqual(titles(before));
    expect(await stub.redo({})).toBe(batches);
    await stub.flush(READER, { wait: true });
    expect((await memoryOf(project)).observations).toHaveLength(before.observations.length);
  });

  it("keeps nothing of what a deleted observation was made from, and no redo brings it back", async () => {
    const { stub, sender, project } = freshSession();
    await stub.event({ sender, event: textEvent("prompt", "p1", "Add two animals") });
    await stub.event({ sender, event: toolUse("unicorn") });
    await stub.event({ sender, event: textEvent("turn_end", "p1:x", "The unicorn is in.") });
    await stub.event({ sender, event: textEvent("prompt", "p2", "Add a griffin", "p2") });
    await stub.event({ sender, event: toolUse("griffin", { promptId: "p2" }) });
    await stub.event({ sender, event: textEvent("turn_end", "p2:x", "The griffin is in.", "p2") });
    await stub.flush(READER, { wait: true });
    const { observations } = await memoryOf(project);
    const about = observations.filter((item) => JSON.stringify(item).includes("unicorn"));
    expect(about.length).toBeGreaterThan(0);
    const found = await projectNamed(project);
    for (const { id, kind, prompt_number: promptNumber, sources } of about) {
      expect(await stub.withdraw({ item: { kind, promptNumber, sources } })).toBeGreaterThan(0);
      expect(await found?.stub.remove({ n: Number(id.split("-")[1]) })).toBe(true);
    }
    const bytes = () =>
      runInDurableObject(stub, (_object, state) =>
        JSON.stringify(
          ["events", "batches", "outbox"].map((table) =>
            state.storage.sql.exec(`SELECT * FROM ${table}`).toArray(),
          ),
        ),
      );
    const sources = about.flatMap((item) => item.sources);
    expect((await stub.sources(READER, { keys: sources })).kept).toEqual([]);
    const told = async () => JSON.stringify((await memoryOf(project)).observations);
    expect(await told()).not.toContain("unicorn");
    expect(await told()).toContain("griffin");
    expect(await stub.redo({})).toBeGreaterThan(0);
    await stub.flush(READER, { wait: true });
    expect(await told()).not.toContain("unicorn");
    expect(await told()).toContain("griffin");
    expect(await bytes()).not.toContain("export const unicorn");
    // A retry of the hook is one still.
    expect((await stub.event({ sender, event: toolUse("unicorn") })).outcome).toBe("duplicate");
  });

  it("delivers what was deleted to no project that it moves to", async () => {
    const { stub, sender, project } = freshSession({ project: null });
    await stub.event({ sender, event: textEvent("prompt", "p1", "Add a unicorn") });
    await stub.event({ sender, event: toolUse("unicorn") });
    await stub.event({ sender, event: textEvent("turn_end", "p1:x", "It is in.") });
    await stub.flush(READER, { wait: true });
    const { observations } = await memoryOf(sender.folderProject);
    for (const { kind, prompt_number: promptNumber, sources } of observations) {
      await stub.withdraw({ item: { kind, promptNumber, sources } });
    }
    await stub.event({ sender: { ...sender, project }, event: toolUse("griffin") });
    await stub.flush(READER, { wait: true });
    const moved = JSON.stringify((await memoryOf(project)).observations);
    expect(moved).toContain("griffin");
    expect(moved).not.toContain("unicorn");
  });

  it("is forgotten still where its object was killed between its deletion and its tombstone", async () => {
    const { stub, sender, project } = await withOneTurn();
    await runInDurableObject(stub, async (object, state) => {
      const { storage } = state;
      const deleteAll = storage.deleteAll.bind(storage);
      const killed = new Promise<void>((resolve) => {
        storage.deleteAll = () => {
          void deleteAll();
          resolve();
          throw new Error("killed");
        };
      });
      void object.remove({ forget: true });
      await killed;
    });
    await abortAllDurableObjects();
    const again = env.SESSIONS.getByName(`local/claude-code/${sender.name.sessionId}`);
    expect(await again.view(READER, {})).toBeNull();
    // It began empty, and learns with its first delivery what it was.
    await again.start({ sender, source: "resume" });
    await again.event({ sender, event: textEvent("prompt", "p9", "Tell of the unicorn", "p9") });
    await again.event({ sender, event: toolUse("unicorn", { promptId: "p9" }) });
    await again.flush(READER, { wait: true });
    expect(await again.view(READER, {})).toMatchObject({ forgotten: true, state: "closed" });
    expect((await again.event({ sender, event: toolUse("late") })).outcome).toBe("ignored");
    const found = await projectNamed(project);
    expect(await memoryOf(project)).toEqual({ observations: [], summaries: [], points: [] });
    expect(await found?.stub.sessions(READER, {})).toEqual([]);
    // Begun anew it is a session like any other.
    await again.start({ sender, source: "startup" });
    await again.event({ sender, event: textEvent("prompt", "p10", "Add a griffin", "p10") });
    await again.event({ sender, event: toolUse("griffin", { promptId: "p10" }) });
    await again.flush(READER, { wait: true });
    expect(JSON.stringify((await memoryOf(project)).observations)).toContain("griffin");
    expect(await found?.stub.sessions(READER, {})).toMatchObject([{ state: "idle" }]);
  });

  it("loses nothing that it learns after a kill between its retention and its tombstone", async () => {
    const { stub, sender, project } = await withOneTurn();
    await runInDurableObject(stub, (_object, state) => state.storage.deleteAll());
    await abortAllDurableObjects();
    const again = env.SESSIONS.getByName(`local/claude-code/${sender.name.sessionId}`);
    await again.event({ sender, event: textEvent("prompt", "p9", "Add a griffin", "p9") });
    await again.event({ sender, event: toolUse("griffin", { promptId: "p9" }) });
    await again.flush(READER, { wait: true });
    const told = JSON.stringify((await memoryOf(project)).observations);
    expect(told).toContain("unicorn");
    expect(told).toContain("griffin");
  });

  it("answers for a session that was never heard of, and creates nothing", async () => {
    const { stub } = freshSession();
    expect([
      await stub.view(READER, {}),
      await stub.flush(READER, { wait: false }),
      await stub.redo({}),
      await stub.remove({ forget: true }),
      await stub.dead(READER, {}),
      await stub.inspect(READER, { believed: null }),
    ]).toEqual([null, null, null, "unknown", null, null]);
    await stub.end({});
    const tables = await runInDurableObject(stub, (_object, state) =>
      state.storage.sql
        .exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'")
        .toArray(),
    );
    expect(tables).toEqual([]);
    expect(env.SESSIONS).toBeDefined();
  });
});

it("a session that only starts and ends makes no project of its folder", async () => {
  const { stub, sender } = freshSession({ project: null });
  await stub.start({ sender, source: "startup" });
  await stub.end({});
  await expect.poll(async () => (await stub.view(READER, {}))?.state).toBe("closed");
  expect(await projectNamed(sender.folderProject)).toBeNull();
  // Nor does its tombstone.
  expect(await stub.remove({ forget: false })).toBe("removed");
  expect(await projectNamed(sender.folderProject)).toBeNull();
});
