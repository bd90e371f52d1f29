import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { PROJECT_MIGRATIONS } from "../../../src/durable/project/migrations.ts";
import { openPointsFor } from "../../../src/durable/project/store/open-points.ts";
import { Database } from "../../../src/platform/database.ts";
import {
  delivery,
  freshProject,
  NOW,
  observation,
  PROJECT,
  point,
} from "../../support/project-fixture.ts";
import { READER } from "../../support/reader.ts";

type Project = ReturnType<typeof freshProject>;

/** What a project holds of open points, as its own modules read them. */
function inside<T>(project: Project, read: (view: { db: Database; reader: typeof READER }) => T) {
  return runInDurableObject(project, (_, { storage }) =>
    read({ db: new Database(storage, PROJECT_MIGRATIONS), reader: READER }),
  );
}

describe("open points of a project", () => {
  it("are numbered with the items, delivered twice are one, and are told newest first", async () => {
    const project = freshProject();
    const first = delivery(1, {
      observations: [observation()],
      openPoints: [point({ text: "Remove the proto" }), point({ text: "Write the docs" })],
    });
    expect(await project.deliver({ project: PROJECT, delivery: first })).toBe("applied");
    expect(await project.deliver({ project: PROJECT, delivery: first })).toBe("duplicate");
    const rows = await inside(project, (view) => openPointsFor(view, NOW, 10));
    expect(rows.map(({ n, text, person }) => [n, text, person])).toEqual([
      [3, "Write the docs", "test0001"],
      [2, "Remove the proto", "test0001"],
    ]);
  });
});
