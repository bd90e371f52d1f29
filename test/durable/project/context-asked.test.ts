import { describe, expect, it } from "vitest";
import { NOW, PROJECT, projectWith, SESSION } from "../../support/project-fixture.ts";
import { READER } from "../../support/reader.ts";

const ASK = { project: PROJECT, now: NOW };

describe("what a project knows of a prompt and of a file", () => {
  it("answers a prompt only with what fits it well", async () => {
    const project = await projectWith(
      {
        title: "Retry budget of the payment gateway is three",
        narrative: "The gateway bans a client after the fourth retry.",
        concepts: ["gotcha"],
      },
      { title: "Payments page restyled", narrative: "New colours." },
    );
    const ask = async (query: string, over = {}) =>
      (await project.promptContext(READER, { ...ASK, query, ...over })).observations;
    expect(await ask("why does the payment gateway ban us after a retry?")).toEqual(["3-1"]);
    expect(
      await ask("why does the payment gateway ban us after a retry?", { exclude: ["3-1"] }),
    ).toEqual([]);
    expect(
      await ask("why does the payment gateway ban us after a retry?", { excludeSession: SESSION }),
    ).toEqual([]);
    for (const none of [
      "continue",
      "fix the page of the client",
      "yes please",
      "add a footer to the landing page",
      "write tests for the parser of retry headers in the http client",
    ]) {
      expect(await ask(none), none).toEqual([]);
    }
    const { text } = await project.promptContext(READER, {
      ...ASK,
      query: "payment gateway retry budget",
      tokens: 100,
    });
    expect(text.length).toBeLessThanOrEqual(400);
  });

  it("knows of a file what was changed in it first, in at most five lines, and only what is newer", async () => {
    const project = await projectWith(
      ...Array.from({ length: 8 }, (_, i) => ({
        title: `Read ${i}`,
        files_read: ["src/auth/login.ts"],
      })),
      { title: "Changed", files_modified: ["src/auth/login.ts"] },
      { title: "Namesake", files_modified: ["src/admin/login.ts"] },
    );
    const known = await project.fileContext(READER, {
      ...ASK,
      file: "/work/app/src/auth/login.ts",
    });
    expect(known.observations[0]).toBe("3-9");
    expect(known.observations).not.toContain("3-10");
    expect(known.text.split("\n").length).toBeLessThanOrEqual(5);
    expect(
      (await project.fileContext(READER, { ...ASK, file: "src/auth/login.ts", since: 9 })).text,
    ).toBe("");
    expect((await project.fileContext(READER, { ...ASK, file: "src/other.ts" })).text).toBe("");
  });
});
