import { describe, expect, it } from "vitest";
import { READER } from "../../support/reader.ts";
import { freshSession, memoryOf, textEvent, toolUse } from "../../support/session-under-test.ts";

describe("a session's drain", () => {
  it("turns a turn's events into observations and a summary of its project", async () => {
    const { stub, sender, path, project } = freshSession();
    await stub.event({ sender, event: textEvent("prompt", "p1", "Add the retry budget") });
    for (const id of ["one", "two", "three"]) await stub.event({ sender, event: toolUse(id) });
    await stub.event({
      sender,
      event: textEvent("turn_end", "p1:x", "Done: the retry budget is in place."),
    });
    const view = await stub.flush(READER, { wait: true });
    expect(view).toMatchObject({
      session: path,
      state: "idle",
      events: { pending: 0, leased: 0, dead: 0 },
    });
    const { observations, summaries } = await memoryOf(project);
    const sources = new Set(observations.flatMap((item) => item.sources));
    expect([...sources]).toEqual(expect.arrayContaining(["tool:one", "tool:two", "tool:three"]));
    expect(observations[0]?.files_modified.every((file) => file.startsWith("src/"))).toBe(true);
    expect(summaries).toMatchObject([{ request: "Add the retry budget", prompt_number: 1 }]);
    expect(summaries[0]?.sources).toEqual(expect.arrayContaining(["stop:1", "prompt:1"]));
  });
});
