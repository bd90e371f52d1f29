import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { evidenceIds, parseConversations, readConversations } from "../../bench/locomo/dataset.ts";
import { reportOf } from "../../bench/locomo/report.ts";
import { run } from "../../bench/locomo/run.ts";
import { rollUp, score } from "../../bench/locomo/score.ts";
import { syntheticSamples } from "../../bench/locomo/synthetic.ts";
import { temporaryFolder } from "./cli-command.ts";
import { startServer } from "./local-server.ts";

/** Every step starts processes, on machines that may be busy. */
const PROCESSES_MS = 60_000;

const SMALL = fileURLToPath(new URL("../fixtures/locomo-small.json", import.meta.url));

describe("LoCoMo's conversations", () => {
  it("are read in their order, with pictures' captions, and only questions that have evidence", () => {
    const [first, second] = readConversations(SMALL);
    expect(first?.turns.map(({ id, session }) => [id, session])).toEqual([
      ["D1:1", 1],
      ["D1:2", 1],
      ["D1:3", 1],
      ["D2:1", 2],
      ["D2:2", 2],
      ["D10:1", 10],
    ]);
    expect(first?.turns[2]?.text).toBe(
      "Mira: Pretzel. Look at this face! [shares a picture: a photo of a dog with a red collar]",
    );
    expect(first?.questions.map(({ gold, category }) => [category, ...gold])).toEqual([
      [4, "D1:1"],
      [1, "D1:3", "D2:2"],
      [2, "D10:1"],
      [5, "D1:1"],
    ]);
    expect(second).toEqual({ id: "2", turns: [], questions: [] });
    expect(evidenceIds(["D8:6; D9:17", "D:11:26", "D30:05", "D8:6"])).toEqual([
      "D8:6",
      "D9:17",
      "D30:5",
    ]);
    expect(() => parseConversations({})).toThrow(/no list of LoCoMo's samples/);
    expect(() => readConversations("/nowhere.json")).toThrow(/cannot read \/nowhere\.json/);
  });

  it("are made up the same each time where the data are not there", () => {
    const [made] = parseConversations(syntheticSamples());
    expect(made?.turns.length).toBeGreaterThanOrEqual(270);
    expect(made?.questions.length).toBeGreaterThan(80);
    expect(parseConversations(syntheticSamples())).toEqual([made]);
  });
});

describe("the scores", () => {
  it("agree with figures counted by hand", () => {
    const answers = [
      { category: 1, gold: ["a", "b"], ranked: ["x", "a", "y", "z", "u", "b"] },
      { category: 4, gold: ["c"], ranked: ["c"] },
      { category: 4, gold: ["d"], ranked: [] },
    ];
    const five = score(answers, 5);
    expect(five).toMatchObject({ questions: 3, strict: 1 / 3, fractional: 0.5, anyHit: 2 / 3 });
    expect(five.mrr).toBeCloseTo((1 / 2 + 1) / 3);
    const ideal = 1 + 1 / Math.log2(3);
    expect(five.ndcg).toBeCloseTo((1 / Math.log2(3) / ideal + 1) / 3);
    const ten = score(answers, 10);
    expect(ten).toMatchObject({ strict: 2 / 3, fractional: 2 / 3, anyHit: 2 / 3 });
    expect(score([], 10).fractional).toBe(0);
    expect(rollUp(["D2:1", "D1:4", "D2:9"], (id) => id.slice(0, 2))).toEqual(["D2", "D1"]);
  });
});

describe("the benchmark", { timeout: PROCESSES_MS }, () => {
  it("saves turns one by one over HTTP, asks, and reports both systems at both levels", async () => {
    const server = await startServer(temporaryFolder("locomo"));
    const result = await run(server, readConversations(SMALL), () => undefined);
    await server.stop();
    const { Cairn, "FTS5 porter": baseline } = result.answers;
    expect(score(Cairn.turns, 10).fractional).toBe(1);
    expect(score(Cairn["sessions, saved whole"], 5).anyHit).toBe(1);
    expect(score(baseline.turns, 10).anyHit).toBe(1);
    // Six turns, three sessions.
    expect(result.documents).toBe(9);
    const report = reportOf(result);
    expect(report).toContain("| turns | Cairn | 10 | 100.0 | 100.0 | 100.0 |");
    expect(report).toContain("| 5 adversarial | 1 |");
  });
});
