import { describe, expect, it } from "vitest";
import type { SearchHit } from "../../../src/contract/recall.ts";
import { mergeSummaries } from "../../../src/durable/project/apply/merge-summaries.ts";
import { isRepeat, slipsBetween } from "../../../src/durable/project/apply/similarity.ts";
import { quoteText } from "../../../src/durable/project/context/render.ts";
import {
  type Candidate,
  type Choice,
  select,
  worthOf,
} from "../../../src/durable/project/context/selection.ts";
import type { AskedQuery, Channel } from "../../../src/durable/project/search/channels/channel.ts";
import { ScoreSum } from "../../../src/durable/project/search/fuse.ts";
import { snippet } from "../../../src/durable/project/search/hit.ts";
import { mergeAnswers } from "../../../src/durable/project/search/merge-answers.ts";
import { indexedForms, stem } from "../../../src/durable/project/search/stem.ts";
import { splitWords } from "../../../src/durable/project/search/words.ts";
import { ageOf } from "../../../src/platform/time.ts";

const NOW = Date.UTC(2026, 2, 1);
const DAY_MS = 86_400_000;

function candidate(n: number, over: Partial<Candidate> = {}): Candidate {
  return {
    n,
    type: "change",
    concepts: [],
    createdAt: NOW,
    branch: null,
    byHand: false,
    evergreen: false,
    times: 1,
    touchesFile: false,
    queryRank: null,
    hasSessionLine: false,
    lineChars: 100,
    words: words(`line ${n}`, 14),
    ...over,
  };
}

/** So many words that no other line has. */
function words(of: string, count: number): ReadonlySet<string> {
  return new Set(Array.from({ length: count }, (_, i) => `${of} ${i}`));
}

const ROOM = { chars: 2000, branch: "main", newestAt: NOW, told: new Set<string>() };

describe("choosing a session's context", () => {
  it("puts what tells more first, and says why", () => {
    const order = (...candidates: Candidate[]) => select(candidates, ROOM).map(({ n }) => n);
    expect(order(candidate(1), candidate(2, { type: "decision" }))).toEqual([2, 1]);
    expect(order(candidate(1, { concepts: ["gotcha"] }), candidate(2))).toEqual([1, 2]);
    expect(order(candidate(1, { createdAt: NOW - 5 * DAY_MS }), candidate(2))).toEqual([2, 1]);
    expect(order(candidate(1), candidate(2))).toEqual([2, 1]);
    expect(order(candidate(1, { times: 4 }), candidate(2))).toEqual([1, 2]);
    expect(order(candidate(1, { branch: "main" }), candidate(2, { branch: "x" }))).toEqual([1, 2]);
    expect(order(candidate(1, { byHand: true }), candidate(2, { type: "bugfix" }))).toEqual([1, 2]);
    expect(order(candidate(1, { queryRank: 0 }), candidate(2, { type: "decision" }))).toEqual([
      1, 2,
    ]);
    const old = candidate(1, { type: "decision", evergreen: true, createdAt: NOW - 900 * DAY_MS });
    expect(worthOf(old, ROOM)).toEqual({ worth: 1.5, reasons: ["decision", "still standing"] });
    expect(order(old, candidate(2, { createdAt: NOW - DAY_MS }))).toEqual([1, 2]);
  });

  it("lets what was built yield to findings, of which each further one is worth nearly as much", () => {
    const kinds = ["bugfix", "feature"] as const;
    const candidates = Array.from({ length: 40 }, (_, i) =>
      candidate(i, { type: kinds[i % 2] ?? "bugfix" }),
    );
    const shown = select(candidates, ROOM).filter((choice) => choice.shown === "line");
    const found = shown.filter(({ n }) => n % 2 === 0).length;
    expect([shown.length, found > 12]).toEqual([20, true]);
    // What a tool put out as a constraint is told as a finding, and yields to none of them.
    const limit = candidate(99, { type: "discovery", concepts: ["pattern", "gotcha"] });
    const first = select([...candidates, limit], ROOM).slice(0, 3);
    expect(first.map(({ n }) => n)).toContain(99);
  });

  it("puts a report only of how things were behind what the work itself showed", () => {
    const report = candidate(1, { type: "discovery", concepts: ["how-it-works"] });
    const finding = candidate(2, { type: "discovery", concepts: ["how-it-works", "gotcha"] });
    expect(select([report, finding, candidate(3)], ROOM).map(({ n }) => n)).toEqual([2, 3, 1]);
    expect(worthOf({ ...report, byHand: true }, ROOM).worth).toBeGreaterThan(3);
  });

  it("keeps to its room, which is a ceiling: what tells nothing new gets no line though there is room", () => {
    const candidates = Array.from({ length: 30 }, (_, i) => candidate(i, { type: "bugfix" }));
    const count = (choices: Choice[], shown: string) =>
      choices.filter((choice) => choice.shown === shown).length;
    const choices = select(candidates, ROOM);
    expect([count(choices, "line"), count(choices, "no")]).toEqual([20, 10]);
    expect(choices.at(-1)?.reasons).toContain("no room left");
    expect(count(select(candidates, { ...ROOM, chars: 0 }), "line")).toBe(0);
    const same = Array.from({ length: 30 }, (_, i) => candidate(i, { words: words("same", 14) }));
    const once = select(same, ROOM);
    expect(count(once, "line")).toBe(1);
    expect(once.at(-1)?.reasons).toContain("told by others, or worth too little");
    const told = select([candidate(1), candidate(2)], { ...ROOM, told: words("line 2", 14) });
    expect(told.map(({ n, shown }) => [n, shown])).toEqual([
      [1, "line"],
      [2, "no"],
    ]);
  });

  it("lets no kind fill a context, and leaves doings to their session's line unless they are asked for", () => {
    const fixes = Array.from({ length: 30 }, (_, i) => candidate(i, { type: "bugfix" }));
    const doings = [candidate(40, { type: "feature" }), candidate(41)];
    const shown = (candidates: Candidate[]) =>
      select(candidates, { ...ROOM, chars: 1_000 })
        .filter(({ shown }) => shown === "line")
        .map(({ n }) => n);
    expect(shown([...fixes, ...doings])).toContain(40);
    const told = { hasSessionLine: true };
    expect(shown([candidate(1, told), candidate(2, { ...told, type: "bugfix" })])).toEqual([2]);
    expect(
      shown([
        candidate(1, { ...told, touchesFile: true }),
        candidate(2, { ...told, queryRank: 3 }),
        candidate(3, { ...told, byHand: true }),
      ]).toSorted(),
    ).toEqual([1, 2, 3]);
  });
});

describe("ranks and repeats", () => {
  it("adds what channels score, each seeing what those before it found, and says which found what", () => {
    const seen: number[] = [];
    const channel = (name: string, scores: [number, number][]): Channel => ({
      name,
      score(_query, soFar) {
        seen.push(soFar.size);
        return scores.length === 0 ? null : new Map(scores);
      },
    });
    const sum = new ScoreSum();
    for (const one of [
      channel("terms", [
        [1, 3],
        [2, 2],
        [3, 1],
      ]),
      channel("near", [
        [3, 2.5],
        [2, 0.5],
      ]),
      channel("files", []),
    ]) {
      sum.add(one, {} as AskedQuery);
    }
    expect(seen).toEqual([0, 3, 3]);
    const fused = sum.best(10, 2);
    expect(fused.map(({ id, channels }) => [id, channels.join()])).toEqual([
      [3, "terms,near"],
      [1, "terms"],
    ]);
    expect(fused[0]?.score).toBeCloseTo(1 - Math.exp(-0.35));
    expect(new ScoreSum().best(1, 5)).toEqual([]);
  });

  it("stems words as the index does", () => {
    const stems =
      "caresses>caress ponies>poni agreed>agre plastered>plaster motoring>motor sized>size " +
      "hopping>hop falling>fall filing>file happy>happi sky>sky relational>relat hopefulness>hope " +
      "adjustment>adjust adoption>adopt controlling>control roll>roll as>as";
    for (const pair of stems.split(" ")) {
      const [word = "", stemmed] = pair.split(">");
      expect(stem(word), word).toBe(stemmed);
    }
    expect(indexedForms("Café")).toEqual(["cafe", "café"]);
  });

  it("merges the answers of projects by score, and prefers those that had the words themselves", () => {
    const hit = (id: string, score: number) => ({ id, score }) as SearchHit;
    const exact = { items: [hit("1-1", 0.9), hit("1-2", 0.1)] };
    const similar = {
      items: [hit("2-1", 1)],
      fallback: "trigram" as const,
      similar: { wrod: ["word"] },
    };
    const other = { items: [hit("3-1", 0.5)] };
    expect(mergeAnswers([exact, similar, other], 2)).toEqual({
      items: [hit("1-1", 0.9), hit("3-1", 0.5)],
    });
    expect(mergeAnswers([similar, { items: [] }], 5)).toEqual(similar);
    expect(mergeAnswers([], 5)).toEqual({ items: [] });
  });

  it("takes nearly the same words about the same files for a repeat", () => {
    const text = "one two three four five six seven eight nine ten";
    const older = { files: ["a.ts", "b.ts"], text };
    expect(isRepeat({ files: ["b.ts", "a.ts"], text: `${text} eleven` }, older)).toBe(true);
    expect(isRepeat({ files: ["a.ts"], text }, older)).toBe(false);
    expect(
      isRepeat({ files: ["a.ts", "b.ts"], text: "one two three other words entirely here" }, older),
    ).toBe(false);
    expect(isRepeat({ files: [], text: "" }, { files: [], text: "" })).toBe(false);
  });

  it.each([
    ["annotation", "annotation", 0],
    ["anotation", "annotation", 1],
    ["lifecylce", "lifecycle", 1],
    ["wombat", "numbat", 2],
    ["cat", "elephant", 4],
  ])("counts the slips between %s and %s", (a, b, slips) => {
    expect(slipsBetween(a, b, 3)).toBe(slips);
  });
});

describe("texts", () => {
  it("completes a summary by a newer one without losing what only the older says", () => {
    const older = {
      request: "r",
      investigated: "i",
      learned: "l",
      completed: "c",
      next_steps: "n",
      sources: ["stop:1", "tool:a"],
    };
    const newer = {
      request: "",
      investigated: "",
      learned: "l2",
      completed: "",
      next_steps: "",
      sources: ["stop:2", "tool:a"],
    };
    expect(mergeSummaries(older, newer)).toEqual({
      ...older,
      learned: "l2",
      sources: ["stop:2", "tool:a", "stop:1"],
    });
  });

  it("splits what the index does not, each once", () => {
    expect(
      splitWords("handleRetryAfter and handleRetryAfter", "XMLHttpRequest plain snake_case").split(
        "\n",
      ),
    ).toEqual(["handle retry after", "xml http request"]);
    expect(splitWords("迁移数据库").split("\n")).toEqual(["迁移", "移数", "数据", "据库", "库"]);
    expect(splitWords("Redis连接池 ＡＰＩ").split("\n")).toEqual([
      "redis",
      "连接",
      "接池",
      "池",
      "api",
    ]);
    expect(splitWords("Größe kết nối café").split("\n")).toEqual(["grosse", "ket", "noi"]);
    expect(splitWords("aB".repeat(10_000))).toBe("");
  });

  it("shows the part of a text where the words stand, within its size", () => {
    const text = `${"filler ".repeat(100)}the retry handler failed ${"padding ".repeat(100)}`;
    const shown = snippet([text], ["retry", "handlers"], 120);
    expect(shown).toContain("retry handler failed");
    expect(shown.length).toBeLessThanOrEqual(120);
    expect(snippet(["short", "two"], ["x"], 120)).toBe("short · two");
  });

  it("quotes recalled text on one line, with tags harmless and nothing hidden", () => {
    expect(quoteText("a\n<b>\u2028x</b> <!-- y --> 1 < 2", 99)).toBe(
      "a &lt;b> x&lt;/b> &lt;!-- y --> 1 < 2",
    );
    expect(quoteText("\u200B\u202Ea\u{E0041}", 99)).toBe("a");
    expect(quoteText("<<system-reminder>", 99)).toBe("<&lt;system-reminder>");
    expect(quoteText("abcdef", 4)).toBe("abc…");
  });

  it.each([
    [0, "just now"],
    [5 * 60_000, "5 min"],
    [3 * 3_600_000, "3 h"],
    [47 * 3_600_000, "47 h"],
    [5 * DAY_MS, "5 d"],
    [70 * DAY_MS, "10 wk"],
    [-DAY_MS, "just now"],
  ])("tells an age of %i ms as %s", (age, text) => {
    expect(ageOf(NOW - age, NOW)).toBe(text);
  });
});
