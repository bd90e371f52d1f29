import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { freshProject, observation, PROJECT } from "../../support/project-fixture.ts";
import { READER } from "../../support/reader.ts";
import { projectWith } from "../../support/searched-project.ts";

describe("the indexes, and saving by hand", () => {
  it("can build its indexes anew from the items, and knows when it has to", async () => {
    const { project, ids } = await projectWith({
      title: "Wombats",
      facts: ["one\\new path\nsecond line"],
      files_modified: ["src/den.ts"],
    });
    const found = async () => [
      await ids("wombat"),
      await ids("second"),
      await ids("new path"),
      await ids("file:den"),
      await ids("wombaats"),
    ];
    const before = await found();
    expect(before).toEqual(Array(5).fill(["3-1"]));
    expect(await project.checkIndex({})).toBe("sound");
    await runInDurableObject(project, (_object, state) => {
      state.storage.sql.exec("INSERT INTO search (search) VALUES ('delete-all')");
      state.storage.sql.exec("INSERT INTO trigrams (trigrams) VALUES ('delete-all')");
    });
    expect(await ids("wombat")).toEqual([]);
    expect(await project.checkIndex({})).toBe("rebuilt");
    expect(await found()).toEqual(before);
  });

  it("saves once for an idempotency key, and refuses the key for something else", async () => {
    const project = freshProject();
    const save = (title: string) =>
      project.save({
        project: PROJECT,
        observation: observation({ title, narrative: "n" }),
        supersedes: null,
        idempotencyKey: "k1",
      });
    expect(await save("One")).toMatchObject({
      outcome: "saved",
      observation: { id: "3-1", provider: "hand" },
    });
    expect(await save("One")).toMatchObject({ outcome: "repeated", observation: { id: "3-1" } });
    expect(await save("Two")).toEqual({ outcome: "key_used" });
    await project.remove({ n: 1 });
    expect(await save("One")).toEqual({ outcome: "key_used" });
    expect((await project.stats(READER, {})).observations).toBe(0);
  });
});
