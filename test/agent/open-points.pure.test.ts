import { describe, expect, it } from "vitest";
import { complete } from "../../src/agent/complete.ts";
import { extract } from "../../src/agent/providers/extractive.ts";
import { sampleBatch, textEvent, toolEvent } from "../support/sample-batch.ts";

/** Which of these points a turn with these events closes. */
function closed(points: readonly string[], ...events: ReturnType<typeof toolEvent>[]): string[] {
  const openPoints = points.map((text) => ({ text }));
  const { closes = [] } = extract(sampleBatch({ events, openPoints, recentTitles: [] }));
  return closes.map(({ index }) => points[index] ?? "");
}

const says = (text: string) => textEvent("stop:1", "turn_end", text);
const ran = (command: string, output: string, kind: "tool_use" | "tool_failure" = "tool_use") =>
  toolEvent(command, "Bash", { command }, output, kind);

it("what a command proves to be done is closed beside what a model says, and its words are its own", () => {
  const openPoints = [
    { text: "npm test still failed: expected 19, got 20." },
    { text: "Remove the old proto" },
    { text: "Translate the banner" },
  ];
  const events = [ran("npm test", "12 passed"), says("Removed the old proto.")];
  const batch = sampleBatch({ events, openPoints, recentTitles: [] });
  const answer = {
    observations: [],
    summary: null,
    skipped: {},
    closes: [{ index: 2, proof: "stop:1" }],
    usage: { input: 1, output: 1 },
    model: "m",
  };
  expect(complete(batch, answer).result.closes).toEqual([
    { index: 2, proof: "stop:1" },
    { index: 0, proof: "tool:npm test" },
  ]);
});

describe("a closing message closes a point", () => {
  it.each([
    ["Remove the old proto", "Removed the old proto and its imports."],
    ["Remove the old proto", "## Done\n- [x] Remove the old proto"],
    ["Das alte Proto entfernen", "Das alte Proto ist entfernt."],
    ["Удалить старый прототип", "Удалил старый прототип."],
    ["删除旧的协议文件", "已删除旧的协议文件。"],
    ["Never log the token", "Logs never have the token now: never log the token is a rule."],
  ])("%s, by its own words: %s", (point, text) => {
    expect(closed([point], says(text))).toEqual([point]);
  });

  it.each([
    ["Remove the old proto", "The old proto could not be removed."],
    ["Remove the old proto", "Should I remove the old proto?"],
    ["Remove the old proto", "You can remove the old proto."],
    ["Remove the old proto", "Looked at the old proto."],
    ["Remove the old proto", "Removed the new client."],
    ["Das alte Proto entfernen", "Das alte Proto ist noch nicht entfernt."],
    ["Удалить старый прототип", "Старый прототип не удалил."],
    ["删除旧的协议文件", "旧的协议文件还没有删除。"],
    ["Migrate", "Migrate the data: migrated."],
  ])("%s, and not where it says otherwise: %s", (point, text) => {
    expect(closed([point], says(text))).toEqual([]);
  });
});

describe("a command closes a point", () => {
  const FAILED = "npm test still failed (`npm test -- src/a.test.ts`): expected 19, got 20.";
  const UNPUSHED =
    "Not pushed: 2 commits on branch fix/yak (1a2b3c4, 5d6e7f8) were not pushed or merged when the turn ended.";
  const pushed = (branch: string) =>
    ran("git push", `To github.com:acme/app\n   1a2b3c4..5d6e7f8  ${branch} -> ${branch}`);

  it.each([
    [FAILED, ran("npm test -- src/a.test.ts", "3 passed")],
    [FAILED, ran("cd app && npm test", "12 passed")],
    ["git commit (LINT) still failed: no-unused-vars.", ran("git commit -m x", "[main 1a2b3c4] x")],
    ["Run `npm run migrate` on the copy", ran("npm run migrate", "done")],
    ["app-4te.3: Trace the channel", ran("bd close app-4te.3", "closed")],
    [
      "Trace the second channel",
      ran('git commit -m "Trace the second channel"', "[main 1a2b3c4] Trace the second channel"),
    ],
    [UNPUSHED, pushed("fix/yak")],
  ])("%s, that it names", (point, event) => {
    expect(closed([point], event)).toEqual([point]);
  });

  it.each([
    [FAILED, ran("npm test -- src/b.test.ts", "3 passed")],
    [FAILED, ran("mix test", "12 tests, 0 failures")],
    [FAILED, ran("npm test", "1 failed, 11 passed", "tool_failure")],
    [FAILED, ran("npm test", "[goes on in the background as b1]")],
    [
      "git commit (LINT) still failed: no-unused-vars.",
      ran("git commit --no-verify -m x", "[main 1a2b3c4] x"),
    ],
    ["Run `npm run migrate` on the copy", ran("npm run migrate", "Error: no", "tool_failure")],
    ["app-4te.3: Trace the channel", ran("bd close app-4te.31", "closed")],
    ["app-4te.3: Trace the channel", ran("bd show app-4te.3", "open")],
    [UNPUSHED, pushed("main")],
    [UNPUSHED, ran("bd close fix/yak", "closed")],
  ])("%s, and no other", (point, event) => {
    expect(closed([point], event)).toEqual([]);
  });
});
