import { describe, expect, it } from "vitest";
import type { NewObservation } from "../../../src/memory/observation.ts";
import {
  delivery,
  freshProject,
  NOW,
  observation,
  PROJECT,
} from "../../support/project-fixture.ts";
import { READER } from "../../support/reader.ts";
import { FIND } from "../../support/searched-project.ts";

describe("repeats and what was replaced", () => {
  it("links repeats and shows the newest with how often, and each survives the other", async () => {
    const same = {
      title: "Integration suite needs a running database",
      narrative: "The tests fail with ECONNREFUSED until the database container is up and healthy.",
      files_read: ["docker-compose.yml"],
    };
    const project = freshProject();
    await project.deliver({
      project: PROJECT,
      delivery: delivery(1, { observations: [observation(same)] }),
    });
    await project.deliver({
      project: PROJECT,
      delivery: delivery(2, {
        observations: [
          observation({ ...same, created_at: NOW }),
          observation({ ...same, files_read: ["other.yml"] }),
        ],
      }),
    });
    await project.deliver({
      project: PROJECT,
      delivery: delivery(3, { observations: [observation(same), observation(same)] }),
    });
    const repeats = (
      await project.getMany(READER, { project: PROJECT, numbers: [1, 2, 3, 4, 5] })
    ).map((item) => item.kind === "observation" && item.repeats);
    expect(repeats).toEqual([null, "3-1", null, "3-1", "3-1"]);
    const { items } = await project.search(READER, { ...FIND, q: "integration suite database" });
    expect(items.map(({ id, times }) => [id, times]).toSorted()).toEqual([
      ["3-3", undefined],
      ["3-5", 4],
    ]);
    expect((await project.context(READER, { project: PROJECT, now: NOW })).text).toContain(
      "seen 4 times",
    );
    await project.remove({ n: 1 });
    expect(
      (await project.getMany(READER, { project: PROJECT, numbers: [2, 4, 5] })).map(
        (item) => item.kind === "observation" && item.repeats,
      ),
    ).toEqual([null, "3-2", "3-2"]);
    await project.remove({ n: 5 });
    const left = await project.search(READER, { ...FIND, q: "integration suite database" });
    expect(left.items.map(({ id, times }) => [id, times]).toSorted()).toEqual([
      ["3-3", undefined],
      ["3-4", 2],
    ]);
    expect(await project.get(READER, { project: PROJECT, n: 2 })).toMatchObject(same);
  });

  it("prefers what replaced an older observation, and keeps both readable", async () => {
    const project = freshProject();
    const save = (over: Partial<NewObservation>, supersedes: number | null) =>
      project.save({
        project: PROJECT,
        observation: observation({ ...over, provider: "hand" }),
        supersedes,
        idempotencyKey: null,
      });
    await save({ title: "Deploys go by tag", narrative: "Push a tag to deploy." }, null);
    await save({ title: "Deploys go by merge", narrative: "Merging to main deploys." }, 1);
    expect(await save({ title: "x", narrative: "y" }, 99)).toEqual({
      outcome: "nothing_to_supersede",
    });
    expect(await project.getMany(READER, { project: PROJECT, numbers: [1, 2] })).toMatchObject([
      { superseded_by: "3-2" },
      { supersedes: "3-1", superseded_by: null },
    ]);
    const { items } = await project.search(READER, { ...FIND, q: "deploys tag" });
    expect(items.map(({ id }) => id)).toEqual(["3-2", "3-1"]);
    expect(items[0]).toMatchObject({ has_history: true });
    expect(items[1]).toMatchObject({ superseded_by: "3-2" });
    const { text } = await project.context(READER, { project: PROJECT, now: NOW });
    expect(text).toContain("Deploys go by merge (replaces an older one)");
    expect(text).not.toContain("go by tag");
    await project.remove({ n: 2 });
    expect(await project.get(READER, { project: PROJECT, n: 1 })).toMatchObject({
      superseded_by: null,
      title: "Deploys go by tag",
    });
  });
});
