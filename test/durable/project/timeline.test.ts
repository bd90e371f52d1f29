import { describe, expect, it } from "vitest";
import {
  delivery,
  freshProject,
  NOW,
  observation,
  PROJECT,
  prompt,
  summary,
} from "../../support/project-fixture.ts";
import { READER } from "../../support/reader.ts";

describe("the timeline", () => {
  it("shows what came before and after in time order, with the borders of sessions", async () => {
    const project = freshProject();
    const at = (minute: number) => NOW + minute * 60_000;
    await project.deliver({
      project: PROJECT,
      delivery: delivery(1, {
        prompts: [prompt({ created_at: at(0), text: "Find the leak" })],
        observations: [
          observation({ created_at: at(2), title: "Leak found" }),
          observation({ created_at: at(1), title: "Heap dumped" }),
        ],
        summaries: [
          summary({
            created_at: at(3),
            request: "Find the leak",
            completed: "Found.",
            next_steps: "Fix it.",
          }),
        ],
      }),
    });
    await project.deliver({
      project: PROJECT,
      delivery: delivery(1, {
        session: "codex/y",
        prompts: [prompt({ session: "codex/y", created_at: at(9), text: "Later" })],
      }),
    });
    const around = await project.timeline(READER, {
      project: PROJECT,
      around: 3,
      before: 1,
      after: 9,
      now: NOW,
    });
    expect(around?.items.map(({ id, session_border }) => [id, session_border])).toEqual([
      ["3-1", "start"],
      ["3-3", undefined],
      ["3-2", undefined],
      ["3-4", "end"],
      ["3-5", "both"],
    ]);
    const best = await project.timeline(READER, {
      project: PROJECT,
      around: { q: "leak found" },
      before: 0,
      after: 0,
      now: NOW,
    });
    expect(best).toMatchObject({
      anchor: "3-2",
      items: [{ id: "3-2", kind: "observation", title: "Leak found" }],
    });
    expect(
      await project.timeline(READER, {
        project: PROJECT,
        around: 99,
        before: 1,
        after: 1,
        now: NOW,
      }),
    ).toBeNull();
  });
});
