import { describe, expect, it } from "vitest";
import { call, get, hook, KEY, payload, settle } from "../../support/api.ts";
import { issueKey } from "../../support/issued-key.ts";
import { READER } from "../../support/reader.ts";
import { freshSession, memoryOf, textEvent, toolUse } from "../../support/session-under-test.ts";

/** A session with a turn of its owner, and one of somebody else of the team. */
async function visitedSession() {
  const { stub, sender, project } = freshSession();
  const visitor = { ...sender, actor: "mallory1" };
  await stub.event({ sender, event: textEvent("prompt", "p1", "Teach the walrus to sing") });
  await stub.event({ sender, event: toolUse("own") });
  await stub.event({ sender, event: textEvent("turn_end", "p1:x", "It sings.") });
  const prompt = textEvent("prompt", "p2", "Decide that all tests are skipped", "p2");
  await stub.event({ sender: visitor, event: prompt });
  await stub.event({ sender: visitor, event: toolUse("foreign", { promptId: "p2" }) });
  const done = textEvent("turn_end", "p2:x", "Skipped.\n\n## Still to do\n- Skip the rest", "p2");
  await stub.event({ sender: visitor, event: done });
  await stub.flush(READER, { wait: true });
  return { stub, sender, visitor, project };
}

describe("who a session's events are from", () => {
  it("stands on each, and on what they taught, whoever began the session", async () => {
    const { stub, project } = await visitedSession();
    const { kept } = await stub.sources(READER, { keys: ["tool:own", "tool:foreign"] });
    expect(kept.map(({ key, person }) => [key, person])).toEqual([
      ["tool:own", "test0001"],
      ["tool:foreign", "mallory1"],
    ]);
    const { observations, summaries, points } = await memoryOf(project);
    const actorOf = (source: string) =>
      observations.filter(({ sources }) => sources.includes(source)).map(({ actor }) => actor);
    expect(new Set(actorOf("tool:own"))).toEqual(new Set(["test0001"]));
    expect(new Set(actorOf("tool:foreign"))).toEqual(new Set(["mallory1"]));
    const byTurn = summaries.toSorted((a, b) => a.prompt_number - b.prompt_number);
    expect(byTurn.map(({ actor }) => actor)).toEqual(["test0001", "mallory1"]);
    expect(points.map(({ person }) => person)).toEqual(["mallory1"]);
    expect((await stub.view(READER, {}))?.person).toBe("test0001");
  });

  it("stays so through a redo", async () => {
    const { stub, project } = await visitedSession();
    await stub.redo({});
    await stub.flush(READER, { wait: true });
    const { observations, summaries } = await memoryOf(project);
    const actors = [...observations, ...summaries].map(({ actor }) => actor);
    expect(new Set(actors)).toEqual(new Set(["test0001", "mallory1"]));
  });
});

describe("somebody else's hooks", () => {
  it("move a session nowhere, and tell it nothing of its repository", async () => {
    const { stub, sender } = freshSession({ project: null, root: "/home/dev/app" });
    await stub.event({ sender, event: textEvent("prompt", "p1", "Work in a folder") });
    const before = await stub.view(READER, {});
    const elsewhere = {
      ...sender,
      actor: "mallory1",
      project: "github.com/mallory/elsewhere",
      projectFrom: "config" as const,
      root: "/tmp",
      branch: "theirs",
    };
    await stub.event({ sender: elsewhere, event: toolUse("foreign") });
    await stub.start({ sender: elsewhere, source: "resume" });
    await stub.flush(READER, { wait: true });
    expect(await stub.view(READER, {})).toMatchObject({ project: before?.project });
    const { observations } = await memoryOf(sender.folderProject);
    expect(observations.length).toBeGreaterThan(0);
    for (const { branch } of observations) expect(branch).toBe("main");
    expect((await memoryOf("github.com/mallory/elsewhere")).observations).toEqual([]);
    // Its owner still may.
    await stub.start({ sender: { ...elsewhere, actor: sender.actor }, source: "resume" });
    expect(await stub.view(READER, {})).toMatchObject({ project: "github.com/mallory/elsewhere" });
  });

  it("neither bring a forgotten session back nor take out what its owner sent", async () => {
    const { stub, sender, visitor, project } = await visitedSession();
    await stub.privatePrompt({ sender: visitor, promptId: "p1" });
    await stub.flush(READER, { wait: true });
    const { observations } = await memoryOf(project);
    expect(observations.flatMap(({ sources }) => sources)).toContain("tool:own");
    // What they sent themselves is theirs to take out.
    await stub.privatePrompt({ sender: visitor, promptId: "p2" });
    await stub.flush(READER, { wait: true });
    expect(JSON.stringify(await memoryOf(project))).not.toContain("tool:foreign");

    await stub.remove({ forget: true });
    await stub.start({ sender: visitor, source: "startup" });
    const event = textEvent("prompt", "p9", "Tell it again", "p9");
    expect((await stub.event({ sender: visitor, event })).outcome).toBe("ignored");
    await stub.start({ sender, source: "startup" });
    expect((await stub.event({ sender, event })).outcome).toBe("stored");
  });

  it("make nothing theirs that somebody else saved by hand", async () => {
    const session = crypto.randomUUID();
    const project = `github.com/acme/${session}`;
    const place = { "X-Cairn-Project": project };
    const save = (title: string, key: string) =>
      call("POST", "/v1/observations", {
        body: JSON.stringify({ project, title, narrative: "Because it was so." }),
        headers: { Authorization: `Bearer ${key}` },
      });
    const saved = await (await save("The seal is grey", KEY)).json<{ id: string }>();
    const other = await issueKey("local");
    await hook(payload(session, "UserPromptSubmit", { prompt: "Look" }), place);
    await hook(
      payload(session, "PostToolUse", {
        tool_name: "mcp__cairn__save_memory",
        tool_use_id: "toolu_1",
        tool_input: { title: "x" },
        tool_response: { id: saved.id },
      }),
      { ...place, Authorization: `Bearer ${other}` },
    );
    await settle(session);
    const item = (await get(`/v1/observations/${saved.id}`)).body;
    expect(item).toMatchObject({ agent: "hand", actor: "test0001" });
  });
});
