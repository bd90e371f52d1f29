import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { READER } from "../../support/reader.ts";
import {
  freshSession,
  memoryOf,
  projectNamed,
  textEvent,
  toolUse,
} from "../../support/session-under-test.ts";

describe("what a session takes", () => {
  it("recognises a retry by its identity, and gives numbers at first sight", async () => {
    const { stub, sender } = freshSession();
    const outcomes = [];
    for (const event of [
      textEvent("prompt", "p1", "First"),
      toolUse("a"),
      toolUse("a"),
      textEvent("turn_end", "p1:x", "One"),
      textEvent("turn_end", "p1:y", "Two: a turn can stop twice"),
      textEvent("turn_end", "p1:x", "One"),
      textEvent("prompt", "p2", "Second", "p2"),
      textEvent("prompt", "p1", "First"),
    ]) {
      outcomes.push((await stub.event({ sender, event })).outcome);
    }
    expect(outcomes).toEqual([
      "stored",
      "stored",
      "duplicate",
      "stored",
      "stored",
      "duplicate",
      "stored",
      "duplicate",
    ]);
    const { kept } = await stub.sources(READER, {
      keys: ["prompt:1", "prompt:2", "tool:a", "stop:1", "stop:2"],
    });
    expect(kept.map((source) => [source.key, source.prompt_number])).toEqual([
      ["prompt:1", 1],
      ["tool:a", 1],
      ["stop:1", 1],
      ["stop:2", 1],
      ["prompt:2", 2],
    ]);
  });

  it("keeps the id of the key that sent an event with the event, and nowhere else", async () => {
    const { stub, sender, project } = freshSession({ key: "key-of-laptop" });
    await stub.event({ sender, event: textEvent("prompt", "p1", "Teach the walrus") });
    await stub.event({ sender: { ...sender, key: "key-of-desk" }, event: toolUse("a") });
    const { key: _none, ...older } = sender;
    await stub.event({ sender: older, event: textEvent("turn_end", "p1:x", "Taught.") });
    await stub.flush(READER, { wait: true });
    const tables = await runInDurableObject(stub, (_object, state) => {
      const rows = (sql: string) => state.storage.sql.exec(sql).toArray();
      return {
        keys: rows("SELECT key_id FROM events ORDER BY seq").map((row) => row.key_id),
        others: ["session", "batches", "outbox"].map((table) => rows(`SELECT * FROM ${table}`)),
      };
    });
    expect(tables.keys).toEqual(["key-of-laptop", "key-of-desk", null]);
    const rest = JSON.stringify([tables.others, await memoryOf(project)]);
    expect(rest).toContain("tool:a");
    expect(rest).not.toContain("key-of");
  });

  it("takes an unnamed event for a retry only while it is the newest", async () => {
    const { stub, sender } = freshSession();
    const unnamed = (text: string) => ({
      ...textEvent("prompt", "x", text),
      identity: `text:prompt:${text}`,
      identityScope: "newest" as const,
      promptId: null,
    });
    const outcomes = [];
    for (const event of [unnamed("go on"), unnamed("go on"), toolUse("a"), unnamed("go on")]) {
      outcomes.push((await stub.event({ sender, event })).outcome);
    }
    expect(outcomes).toEqual(["stored", "duplicate", "stored", "stored"]);
    expect((await stub.sources(READER, { keys: ["prompt:1", "prompt:2"] })).kept).toHaveLength(2);
  });

  it("leaves nothing of a private turn, whichever of its hooks comes first", async () => {
    const { stub, sender, project } = freshSession();
    await stub.event({ sender, event: textEvent("prompt", "p1", "Open work") });
    await stub.event({ sender, event: toolUse("open", { promptId: "p1" }) });
    // This tool call overtakes the private prompt that it belongs to, and is even processed.
    await stub.event({ sender, event: toolUse("early", { promptId: "p2" }) });
    await stub.flush(READER, { wait: true });
    expect(JSON.stringify(await memoryOf(project))).toContain("tool:early");
    await stub.privatePrompt({ sender, promptId: "p2" });
    const late = await stub.event({ sender, event: toolUse("late", { promptId: "p2" }) });
    const stop = await stub.event({
      sender,
      event: textEvent("turn_end", "p2:s", "Secret done", "p2"),
    });
    const retold = await stub.event({
      sender,
      event: textEvent("compaction", "c", "Retells all", "p3"),
    });
    expect([late.outcome, stop.outcome, retold.outcome]).toEqual(["private", "private", "private"]);
    await stub.event({ sender, event: textEvent("prompt", "p3", "Open again", "p3") });
    await stub.event({ sender, event: textEvent("turn_end", "p3:s", "Open done", "p3") });
    const view = await stub.flush(READER, { wait: true });
    expect(view?.events).toMatchObject({ pending: 0, dead: 0 });
    const memory = JSON.stringify(await memoryOf(project));
    expect(memory).toContain("tool:open");
    for (const secret of ["early", "late", "Secret", "Retells"])
      expect(memory).not.toContain(secret);
    const found = await projectNamed(project);
    const search = await found?.stub.search(READER, {
      project: found.ref,
      q: "early export const",
      filters: {},
      limit: 10,
      now: Date.now(),
    });
    expect(JSON.stringify(search)).not.toContain("early");
    expect((await stub.sources(READER, { keys: ["tool:early", "tool:late"] })).kept).toEqual([]);
  });

  it("records nothing from a private prompt without an id until the next prompt", async () => {
    const { stub, sender } = freshSession();
    const nameless = (id: string) => ({ ...toolUse(id), promptId: null });
    await stub.privatePrompt({ sender, promptId: null });
    expect((await stub.event({ sender, event: nameless("a") })).outcome).toBe("private");
    await stub.event({ sender, event: { ...textEvent("prompt", "p2", "Open"), promptId: null } });
    expect((await stub.event({ sender, event: nameless("b") })).outcome).toBe("stored");
  });

  it("leaves out what names no prompt in a private turn whose prompt has an id, and tells of its tasks", async () => {
    const { stub, sender } = freshSession();
    const outcome = async (event: Parameters<typeof stub.event>[0]["event"]) =>
      (await stub.event({ sender, event })).outcome;
    const nameless = (id: string) => ({ ...toolUse(id), promptId: null });
    const notice = (id: string, task: string) =>
      textEvent("prompt", id, `Task ${task} is done`, id, { notice: true, tasks: [task] });
    const begins = (id: string, promptId: string, task: string) =>
      toolUse(id, { promptId, output: `Running in the background with ID: ${task}` });
    await stub.event({ sender, event: textEvent("prompt", "p1", "Open work") });
    expect(await outcome(begins("open", "p1", "task-open"))).toBe("stored");
    await stub.privatePrompt({ sender, promptId: "p2" });
    expect(await outcome(nameless("a"))).toBe("private");
    expect(await outcome(begins("b", "p2", "task-private"))).toBe("private");
    // A task of the work before ends meanwhile, and opens its turn again.
    expect(await outcome(notice("n1", "task-open"))).toBe("stored");
    expect(await outcome(nameless("c"))).toBe("stored");
    // The private turn's own task, which ends later, tells what it came to.
    expect(await outcome(notice("n2", "task-private"))).toBe("private");
    expect(await outcome(toolUse("d", { promptId: "n2" }))).toBe("private");
    expect(await outcome(nameless("e"))).toBe("private");
    await stub.event({ sender, event: textEvent("prompt", "p3", "Open again", "p3") });
    // A retry of the private prompt closes nothing of what came since.
    await stub.privatePrompt({ sender, promptId: "p2" });
    expect(await outcome(nameless("f"))).toBe("stored");
  });

  it("moves what it taught when the remote of its folder becomes known", async () => {
    const { stub, sender, path } = freshSession({ project: null });
    await stub.event({ sender, event: textEvent("prompt", "p1", "Work in a folder") });
    await stub.event({ sender, event: toolUse("a") });
    await stub.event({ sender, event: textEvent("turn_end", "p1:x", "Done.") });
    await stub.flush(READER, { wait: true });
    expect((await memoryOf(sender.folderProject)).observations).not.toHaveLength(0);
    const remote = `github.com/acme/${crypto.randomUUID()}`;
    await stub.start({ sender: { ...sender, project: remote }, source: "resume" });
    await stub.flush(READER, { wait: true });
    const moved = await memoryOf(remote);
    expect(moved.observations.flatMap((item) => item.sources)).toContain("tool:a");
    expect(moved.summaries).toHaveLength(1);
    expect(await memoryOf(sender.folderProject)).toEqual({
      observations: [],
      summaries: [],
      points: [],
    });
    // A second remote is ignored, and so is a plain name.
    await stub.start({ sender: { ...sender, project: "github.com/acme/other" }, source: "resume" });
    await stub.start({ sender: { ...sender, project: "name/other" }, source: "resume" });
    expect(await stub.view(READER, {})).toMatchObject({ project: remote, session: path });
    await stub.event({ sender, event: toolUse("b", { promptId: "p1" }) });
    await stub.flush(READER, { wait: true });
    const after = await memoryOf(remote);
    expect(after.observations.flatMap((item) => item.sources)).toContain("tool:b");
  });

  it("says what context was given, and begins anew on compaction and on a fresh start", async () => {
    const { stub, sender } = freshSession();
    const first = await stub.start({ sender, source: "startup" });
    expect(first).toMatchObject({ since: 0, exclude: [] });
    const owed = await stub.event({ sender, event: textEvent("prompt", "p1", "Hello") });
    expect(owed.contextDue).toBe(true);
    await stub.contextGiven({ ids: ["1-1", "1-2"], until: 7 });
    const next = await stub.event({ sender, event: textEvent("prompt", "p2", "More", "p2") });
    expect(next).toMatchObject({ contextDue: false, given: ["1-1", "1-2"], givenUntil: 7 });
    expect(await stub.start({ sender, source: "resume" })).toMatchObject({
      since: 7,
      exclude: ["1-1", "1-2"],
    });
    expect(await stub.start({ sender, source: "compact" })).toMatchObject({
      since: 0,
      exclude: [],
    });
  });
});

it("shows paths from the top of the repository, once a hook has told it", async () => {
  const { stub, sender } = freshSession();
  const began = { ...sender, cwd: "/work/repo/packages/ui", root: null };
  const read = toolUse("a");
  await stub.event({ sender: began, event: textEvent("prompt", "p1", "Look at the theme") });
  const told = { ...began, root: "/work/repo" };
  const body = { ...read.body, action: "read", files_read: ["/work/repo/services/api/index.ts"] };
  const event = { ...read, body } as typeof read;
  expect((await stub.event({ sender: told, event })).fileRead).toBe("services/api/index.ts");
});
