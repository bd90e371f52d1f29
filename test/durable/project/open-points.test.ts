/** Open points and corrections as deliveries bring them, and replacements take them back. */
import { describe, expect, it } from "vitest";
import type { Observation } from "../../../src/contract/items.ts";
import {
  delivery,
  freshProject,
  NOW,
  observation,
  PROJECT,
  point,
  SESSION,
} from "../../support/project-fixture.ts";
import { READER } from "../../support/reader.ts";
import { RowCounter } from "../../support/row-counter.ts";

type Project = ReturnType<typeof freshProject>;

const OTHER = "codex/other";
const ALL = { project: PROJECT, state: null, before: null, limit: 50, now: NOW };
const YAK = point({ text: "Tame the yak" });

/** What closes the yak. */
const tamed = (proof: string, closed_at = NOW) => ({
  session: SESSION,
  text: YAK.text,
  made_at: YAK.created_at,
  proof,
  closed_at,
});

async function told(project: Project): Promise<string[]> {
  const { items } = await project.openPoints(READER, ALL);
  return items.toReversed().map(({ text, state, closed_by }) => {
    return `${text}: ${state}${closed_by === null ? "" : ` by ${closed_by}`}`;
  });
}

describe("open points", () => {
  it("have a number of the items' counter, one row each, delivered twice as once", async () => {
    const project = freshProject();
    const first = delivery(1, { observations: [observation()], openPoints: [YAK] });
    expect(await project.deliver({ project: PROJECT, delivery: first })).toBe("applied");
    expect(await project.deliver({ project: PROJECT, delivery: first })).toBe("duplicate");
    const rows = new RowCounter();
    await rows.attach(project);
    const closing = delivery(2, { closes: [tamed("tool:a")], openPoints: [point()] });
    const other = { ...closing, session: OTHER };
    expect(await project.deliver({ project: PROJECT, delivery: other })).toBe("applied");
    expect(await project.deliver({ project: PROJECT, delivery: other })).toBe("duplicate");
    const { items } = await project.openPoints(READER, ALL);
    expect(items.map(({ id }) => id)).toEqual(["3-3", "3-2"]);
    expect(await told(project)).toEqual([`Tame the yak: closed by ${OTHER}`, "Do the rest: open"]);
    expect(rows.total().statements).toEqual({
      "open_points insert": 1,
      "open_points update": 1,
      "deliveries insert": 1,
    });
    const next = delivery(3, { observations: [observation({ title: "The newest" })] });
    await project.deliver({ project: PROJECT, delivery: next });
    const list = { project: PROJECT, filters: {}, before: null, limit: 1 };
    expect((await project.list(READER, list)).items[0]?.id).toBe("3-4");
  });

  it("are made anew by a redo with what others made of them, also in other words", async () => {
    const project = freshProject();
    const first = delivery(1, {
      generation: 1,
      openPoints: [YAK, point({ text: "Feed the emu" })],
    });
    await project.deliver({ project: PROJECT, delivery: first });
    await project.deliver({
      project: PROJECT,
      delivery: delivery(1, { session: OTHER, closes: [tamed("tool:a")] }),
    });
    const replacement = {
      session: SESSION,
      minGeneration: 2,
      remove: { sources: ["stop:1"] },
      deliveries: [
        delivery(2, {
          generation: 2,
          openPoints: [point({ text: "Tame the old yak" }), point({ text: "Wash the gnu" })],
        }),
      ],
    };
    expect(await project.replace({ project: PROJECT, replacement })).toBe("applied");
    expect(await project.replace({ project: PROJECT, replacement })).toBe("duplicate");
    expect(await told(project)).toEqual([
      `Tame the old yak: closed by ${OTHER}`,
      "Wash the gnu: open",
    ]);
  });

  it("that a person opened again are closed by newer proof only", async () => {
    const project = freshProject();
    await project.deliver({ project: PROJECT, delivery: delivery(1, { openPoints: [YAK] }) });
    const judged = { project: PROJECT, n: 1, now: NOW };
    await project.judgePoint(READER, { ...judged, done: true });
    await project.judgePoint(READER, { ...judged, done: false });
    const close = (batch: number, at: number) => {
      const closing = delivery(batch, { session: OTHER, closes: [tamed("tool:a", at)] });
      return project.deliver({ project: PROJECT, delivery: closing });
    };
    await close(1, NOW - 1);
    expect(await told(project)).toEqual(["Tame the yak: open"]);
    await close(2, NOW + 1);
    expect(await told(project)).toEqual([`Tame the yak: closed by ${OTHER}`]);
  });
});

describe("what a session corrects of its own", () => {
  const list = { project: PROJECT, filters: {}, before: null, limit: 20 };
  const withdrawn = async (project: Project) => {
    const { items } = await project.list(READER, list);
    return Object.fromEntries(items.map(({ title, withdrawn: why }) => [title, why]));
  };
  const CLAIMS = [
    observation({ type: "decision", title: "The yak is a cow", sources: ["say:1"] }),
    observation({ title: "The yak is tame", sources: ["say:1", "tool:1"] }),
  ];
  const corrects = [
    { source: "say:1", text: "The yak is a cow. It moos.", reason: "Later: it is no cow" },
  ];

  it("stays readable with the reason, is in no context, and is told apart by its words", async () => {
    const project = freshProject();
    await project.deliver({ project: PROJECT, delivery: delivery(1, { observations: CLAIMS }) });
    const ask = { project: PROJECT, now: NOW };
    expect((await project.context(READER, ask)).text).toContain("The yak is a cow");
    const correction = delivery(2, { corrects });
    expect(await project.deliver({ project: PROJECT, delivery: correction })).toBe("applied");
    expect(await project.deliver({ project: PROJECT, delivery: correction })).toBe("duplicate");
    expect(await withdrawn(project)).toEqual({
      "The yak is a cow": "Later: it is no cow",
      "The yak is tame": undefined,
    });
    const { text } = await project.context(READER, ask);
    expect(text).toContain("The yak is tame");
    expect(text).not.toContain("The yak is a cow");
    const found = await project.search(READER, { ...ask, q: "yak cow", filters: {}, limit: 5 });
    expect(found.items.find(({ title }) => title === "The yak is a cow")).toMatchObject({
      withdrawn: "Later: it is no cow",
    });
  });

  it("is corrected again by a redo, in a new project, and not where the correction is taken back", async () => {
    const [project, elsewhere] = [freshProject(), freshProject()];
    const told = (generation: number, batch: number) => [
      delivery(batch, { generation, observations: CLAIMS }),
      delivery(batch + 1, { generation, corrects }),
    ];
    for (const each of told(1, 1)) await project.deliver({ project: PROJECT, delivery: each });
    const redone = { session: SESSION, minGeneration: 2, deliveries: told(2, 3) };
    await project.replace({
      project: PROJECT,
      replacement: { ...redone, remove: { sources: ["say:1", "tool:1"] } },
    });
    const moved = { ...redone, minGeneration: 3, deliveries: told(3, 3), remove: "all" as const };
    await elsewhere.replace({ project: PROJECT, replacement: moved });
    for (const each of [project, elsewhere]) {
      expect(await withdrawn(each)).toMatchObject({ "The yak is a cow": "Later: it is no cow" });
    }
    await project.replace({
      project: PROJECT,
      replacement: { ...redone, remove: { batches: [4] }, deliveries: [] },
    });
    const stands: Record<Observation["title"], undefined> = {
      "The yak is a cow": undefined,
      "The yak is tame": undefined,
    };
    expect(await withdrawn(project)).toEqual(stands);
  });
});
