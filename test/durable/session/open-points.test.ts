/** The life of an open point, across sessions, with the rules as provider. */
import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import type { OpenPoint } from "../../../src/contract/open-points.ts";
import type { Sender } from "../../../src/durable/session/intake/intake.ts";
import type { IncomingEvent } from "../../../src/memory/event.ts";
import { call } from "../../support/api.ts";
import { READER } from "../../support/reader.ts";
import { freshSession, projectNamed, textEvent } from "../../support/session-under-test.ts";

const DAY_MS = 86_400_000;

function ran(id: string, command: string, output: string): IncomingEvent {
  return {
    kind: /fail/.test(output) ? "tool_failure" : "tool_use",
    identity: `tool:${id}`,
    identityScope: "session",
    subject: id,
    promptId: "p1",
    at: Date.now(),
    skip: null,
    body: { tool: "Bash", input: { command }, output, files_read: [], files_modified: [] },
  };
}

type Session = ReturnType<typeof freshSession>;

/** A session of one turn: what it was asked, what it ran, and its closing message. */
async function turn(session: Session, closing: string, ...events: IncomingEvent[]) {
  const { stub, sender } = session;
  await stub.start({ sender, source: "startup" });
  await stub.event({ sender, event: textEvent("prompt", "p1", "Replace the client") });
  // The project is told of the beginning, and answers, before there is something to process.
  await stub.flush(READER, { wait: true });
  for (const event of events) await stub.event({ sender, event });
  await stub.event({ sender, event: textEvent("turn_end", "p1:x", closing) });
  await stub.flush(READER, { wait: true });
  return session;
}

const LEAVES =
  "Replaced the client.\n\nStill to do:\n- Remove the old proto\n- Write a page about it";

async function points(project: string, now = Date.now()): Promise<OpenPoint[]> {
  const found = await projectNamed(project);
  if (found === null) return [];
  const query = { project: found.ref, state: null, before: null, limit: 50, now };
  return (await found.stub.openPoints(READER, query)).items.toReversed();
}

/** `text: state`, oldest first. */
async function told(project: string, now?: number) {
  return (await points(project, now)).map(({ text, state }) => `${text}: ${state}`);
}

/** A person's word on the point that begins so. */
async function judge(project: string, begins: string, done: boolean) {
  const found = await projectNamed(project);
  const point = (await points(project)).find(({ text }) => text.startsWith(begins));
  const n = Number(point?.id.split("-")[1]);
  return await found?.stub.judgePoint(READER, { project: found.ref, n, now: Date.now(), done });
}

const inProject = (project: string, change: Partial<Sender> = {}) =>
  freshSession({ project, ...change });

describe("an open point", () => {
  it("is told to a later session, which closes it by the command that it names, and survives redos", async () => {
    const a = freshSession();
    await turn(
      a,
      "The totals are wrong still.",
      ran("a1", "npm test", "1 failed: expected 19, got 20"),
    );
    expect(await points(a.project)).toMatchObject([
      {
        text: expect.stringMatching(/^npm test still failed/),
        state: "open",
        session: a.path,
        person: "test0001",
        prompt_number: 1,
        sources: ["tool:a1"],
        closed_at: null,
        closed_by: null,
        proof: null,
      },
    ]);
    const b = await turn(inProject(a.project), "All pass.", ran("b1", "npm test", "12 passed"));
    const closed = { state: "closed", session: a.path, closed_by: b.path, proof: "tool:b1" };
    expect(await points(a.project)).toMatchObject([closed]);
    for (const { stub } of [a, b, a]) {
      await stub.redo({});
      await stub.flush(READER, { wait: true });
      expect(await points(a.project)).toMatchObject([closed]);
    }
  });

  it("stays open for another command, one of a part, and a commit that leaves out its checks", async () => {
    const a = freshSession();
    await turn(
      a,
      "Not there yet.",
      ran("a1", "npm test", "1 failed: expected 19, got 20"),
      ran("a2", "git commit -m x", "[LINT] fail\nerror: no-unused-vars in a.ts"),
    );
    const before = await told(a.project);
    expect(before).toHaveLength(2);
    await turn(
      inProject(a.project),
      "Looked around.",
      ran("b1", "npm run lint", "0 errors"),
      ran("b2", "npm test -- src/a.test.ts", "3 passed"),
      ran("b3", "git commit --no-verify -m x", "[main 1a2b3c4] x"),
    );
    expect((await told(a.project)).slice(0, 2)).toEqual(before);
  });

  it("is closed by its own words in another session, and only then", async () => {
    const a = await turn(freshSession(), LEAVES);
    expect(await told(a.project)).toEqual([
      "Remove the old proto: open",
      "Write a page about it: open",
    ]);
    await turn(
      inProject(a.project),
      "Looked at the proto. It is old.\n\nThe old proto could not be removed.",
    );
    expect(await told(a.project)).toEqual([
      "Remove the old proto: open",
      "Write a page about it: open",
    ]);
    await turn(inProject(a.project), "## Done\n- Removed the old proto and its imports");
    expect(await told(a.project)).toEqual([
      "Remove the old proto: closed",
      "Write a page about it: open",
    ]);
  });

  it("that a person closes or opens again stays so through redos, unless something newer is shown", async () => {
    const a = await turn(freshSession(), LEAVES);
    expect(await judge(a.project, "Remove", true)).toMatchObject({
      state: "closed",
      closed_by: READER.person,
      proof: null,
    });
    await a.stub.redo({});
    await a.stub.flush(READER, { wait: true });
    expect(await told(a.project)).toEqual([
      "Remove the old proto: closed",
      "Write a page about it: open",
    ]);
    await judge(a.project, "Remove", false);
    await a.stub.redo({});
    await a.stub.flush(READER, { wait: true });
    expect((await told(a.project))[0]).toBe("Remove the old proto: open");
  });

  it("is aged after two weeks, and born so where its source is older", async () => {
    const a = await turn(freshSession(), LEAVES);
    expect((await told(a.project, Date.now() + 13 * DAY_MS))[0]).toContain(": open");
    expect((await told(a.project, Date.now() + 14 * DAY_MS))[0]).toContain(": aged");
    const found = await projectNamed(a.project);
    const query = { project: found?.ref, before: null, limit: 5, now: Date.now() + 20 * DAY_MS };
    for (const [state, count] of [
      ["open", 0],
      ["closed", 0],
      ["aged", 2],
    ] as const) {
      const page = await found?.stub.openPoints(READER, { ...query, project: found.ref, state });
      expect(page?.items).toHaveLength(count);
    }
  });

  it("moves with its session, with what others made of it, and leaves nothing behind", async () => {
    const a = await turn(freshSession({ project: null }), LEAVES);
    const folder = a.sender.folderProject;
    await judge(folder, "Write", true);
    await a.stub.start({ sender: { ...a.sender, project: a.project }, source: "resume" });
    await a.stub.flush(READER, { wait: true });
    expect(await told(a.project)).toEqual([
      "Remove the old proto: open",
      "Write a page about it: closed",
    ]);
    expect(await told(folder)).toEqual([]);
  });

  it("goes into the project that its own is merged into, with what others made of it", async () => {
    const a = await turn(freshSession(), LEAVES);
    await judge(a.project, "Write", true);
    const into = await turn(freshSession(), "## Still to do\n- Rename the walrus");
    const merge = `/v1/projects/${encodeURIComponent(a.project)}/merge`;
    const body = JSON.stringify({ into: into.project });
    await expect.poll(async () => (await call("POST", merge, { body })).status).toBe(200);
    expect(await told(into.project)).toEqual([
      "Rename the walrus: open",
      "Remove the old proto: open",
      "Write a page about it: closed",
    ]);
    await turn(inProject(a.project), "## Done\n- Removed the old proto\n- Renamed the walrus");
    expect(await told(into.project)).toEqual([
      "Rename the walrus: closed",
      "Remove the old proto: closed",
      "Write a page about it: closed",
    ]);
  });

  it("goes with a session that is forgotten, and a forgotten session closed nothing", async () => {
    const a = await turn(freshSession(), LEAVES);
    const b = await turn(
      inProject(a.project),
      "## Done\n- Removed the old proto\n\n## Still to do\n- Rename the walrus",
    );
    expect(await told(a.project)).toEqual([
      "Remove the old proto: closed",
      "Write a page about it: open",
      "Rename the walrus: open",
    ]);
    await b.stub.remove({ forget: true });
    expect(await told(a.project)).toEqual([
      "Remove the old proto: open",
      "Write a page about it: open",
    ]);
    await a.stub.remove({ forget: true });
    expect(await told(a.project)).toEqual([]);
    const found = await projectNamed(a.project);
    if (found === null) return;
    const left = await runInDurableObject(found.stub, (_, { storage }) =>
      storage.sql.exec("SELECT count(*) AS n FROM open_points").one(),
    );
    expect(left).toEqual({ n: 0 });
  });

  it("of a turn that turns out private is gone", async () => {
    const a = await turn(freshSession(), LEAVES);
    await a.stub.privatePrompt({ sender: a.sender, promptId: "p1" });
    await a.stub.flush(READER, { wait: true });
    expect(await told(a.project)).toEqual([]);
  });
});
