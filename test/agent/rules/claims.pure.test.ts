import { describe, expect, it } from "vitest";
import { follow } from "../../../src/agent/rules/follow.ts";
import { readClosing } from "../../../src/agent/rules/summary.ts";
import { takeApart } from "../../../src/agent/rules/words.ts";
import type { StoredEvent } from "../../../src/memory/event.ts";
import { ROOT, textEvent, toolEvent } from "../../support/sample-batch.ts";

const closing = (text: string) => readClosing(text, () => false);

function told(events: StoredEvent[]) {
  return follow({
    root: ROOT,
    turn: { promptNumber: 1, request: "Cover the endpoints", ends: true },
    recentTitles: [],
    events,
  }).observations;
}

describe("what is said of all of a kind", () => {
  it("is told of the kind where nobody counted what tests cover", () => {
    const message = "Add header tests for all endpoints\n\nCovers every handler in api/.";
    const [commit] = told([
      toolEvent(
        "1",
        "Bash",
        { command: `git commit -m "${message}"` },
        "[main 1234abc] Add header tests for all endpoints\n 2 files changed",
      ),
    ]);
    expect(commit?.title).toBe("Add header tests for endpoints");
    expect(commit?.narrative).toBe("Covers the handler in api/.");
  });

  it("stays where it is counted, where it speaks of no tests, and where all of them passed", () => {
    const { done } = closing(
      "Added tests for all 12 endpoints. All tests pass. Renamed the flag in all scripts.",
    );
    expect(done).toEqual([
      "Added tests for all 12 endpoints.",
      "All tests pass.",
      "Renamed the flag in all scripts.",
    ]);
  });

  it("is an outcome where a heading says it by itself", () => {
    const { done } = closing(
      "Here it is.\n\nAll 3 services migrated:\n\n- billing\n- invoices\n- mail",
    );
    expect(done).toContain("All 3 services migrated");
    expect(closing("All open questions:\n\n- which port?").done).not.toContain(
      "All open questions",
    );
  });
});

describe("a closing message that was broken off before the next step", () => {
  it.each([
    "Good - the helpers are unused since the shared module has them. Let me remove them.",
    "Still compiling. I'll check again in a minute.",
    "Die Hilfsfunktionen sind unbenutzt. Ich werde jetzt beide entfernen.",
    "辅助函数没有用到了。让我删除它们。",
  ])("tells nothing as done: %s", (text) => {
    expect(closing(text)).toEqual({ done: [], learnt: [], next: [] });
  });

  it("is none where it offers something, or has said what was done at length", () => {
    expect(
      closing("Renamed the flag in cli.rs. Let me know if the docs should follow.").done,
    ).toEqual(["Renamed the flag in cli.rs."]);
    expect(closing("Renamed the flag in cli.rs. Next: translate it.").next).toEqual([
      "Translate it.",
    ]);
  });
});

describe("the words in front of a finding", () => {
  it.each([
    [
      "Right-click handlers are bound to `document`, not to the canvas.",
      "Right-click handlers are",
    ],
    [
      "Good - `parse_rows` ignores the header since it starts with a comment.",
      "`parse_rows` ignores",
    ],
    [
      "Looking at the router, `mount_v2` is never called for that branch.",
      "`mount_v2` is never called",
    ],
    ["Since `open_tunnel` requires a real socket I'll skip it in tests.", "`open_tunnel` requires"],
  ])("are left out, and nothing of it is: %s", (text, start) => {
    const { claims } = takeApart(text);
    expect(claims).toHaveLength(1);
    expect(claims[0]?.startsWith(start)).toBe(true);
  });

  it("make no finding of what still has to be done", () => {
    expect(
      takeApart("Since both share a panel, `onSelect` needs to be merged into `Panel`.").claims,
    ).toEqual([]);
  });
});

describe("an edit of another agent's tool", () => {
  it.each([
    ["oldString", "newString"],
    ["old_str", "new_str"],
    ["old_text", "new_text"],
    ["oldText", "newText"],
  ])("is read by its fields %s and %s", (before, after) => {
    const path = `${ROOT}/src/price.ts`;
    const input = {
      file_path: path,
      [before]: "const VAT = 0.19;",
      [after]: "const VAT = 0.19;\nexport function grossOf(net: number) {\n  return net * VAT;\n}",
    };
    const [change] = told([
      toolEvent("1", "Edit", input, "ok"),
      textEvent("stop:1", "turn_end", "The price module has `grossOf` now."),
    ]);
    expect(`${change?.title} ${change?.narrative} ${change?.facts.join(" ")}`).toContain("grossOf");
    expect(change?.sources).toContain("tool:1");
  });
});

describe("the report of a subagent", () => {
  it("is an observation, and says of itself that it is no mere activity", () => {
    const [report] = told([
      toolEvent(
        "1",
        "Task",
        { description: "Find where quotas are checked", prompt: "Find it" },
        "## Findings\n\n- Quotas are checked in `QuotaGate.admit`, before the body is read.\n- `Limits` holds the numbers; the default is 200 requests per minute and key.\n- Nothing checks the size of an upload.",
      ),
    ]);
    expect(report).toMatchObject({ type: "discovery", activity: false, sources: ["tool:1"] });
  });
});

describe("a compaction summary", () => {
  it("tells what was built, and no error with the line that it stood in then", () => {
    const observations = told([
      textEvent(
        "compact:1",
        "compaction",
        "Summary:\n\n4. Files and Code Sections:\n\n- **api/quota.go** has `admitUpload` and `refundUpload`, which the router calls before the body is read. Compile error at line 171: `limit` is declared and not used. Test failure on line 12.\n",
      ),
    ]);
    const text = observations.map(({ title, narrative }) => `${title} ${narrative}`).join(" ");
    expect(text).toContain("refundUpload");
    expect(text).not.toMatch(/line (?:171|12)/);
  });
});
