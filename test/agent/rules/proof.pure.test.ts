import { describe, expect, it } from "vitest";
import { follow } from "../../../src/agent/rules/follow.ts";
import type { StoredEvent } from "../../../src/memory/event.ts";
import { ROOT, textEvent, toolEvent } from "../../support/sample-batch.ts";

const ran = (id: string, command: string, output: string) =>
  toolEvent(id, "Bash", { command }, output);
const refused = (id: string, command: string, output: string) =>
  toolEvent(id, "Bash", { command }, output, "tool_failure");

function followed(events: StoredEvent[], ends = true) {
  return follow({
    root: ROOT,
    turn: { promptNumber: 1, request: "Show the prices", ends },
    recentTitles: [],
    events,
  });
}

describe("a command that failed on one of its words", () => {
  const copy = "cp -r assets/fonts/price.woff build/out/app.css public/static";
  const message = "Exit code 1\ncp: assets/fonts/price.woff: Permission denied";

  it("is helped by the form that gets along with it, not by one that leaves it out", () => {
    const { observations } = followed([
      refused("1", copy, message),
      ran("2", "cp -r build/out/app.css public/static", ""),
      ran("3", "cp --no-preserve=mode assets/fonts/price.woff public/static", ""),
    ]);
    const [fix] = observations.filter(({ type }) => type === "bugfix");
    expect(fix?.narrative).toContain("--no-preserve=mode assets/fonts/price.woff");
    expect(fix?.sources).toEqual(expect.arrayContaining(["tool:1", "tool:3"]));
  });

  it("is told as no fix where it was only left out", () => {
    const { observations } = followed([
      refused("1", copy, message),
      ran("2", "cp -r build/out/app.css public/static", ""),
    ]);
    expect(observations.filter(({ type }) => type === "bugfix")).toEqual([]);
  });
});

describe("an edit that a later one takes out again", () => {
  const edited = (id: string, before: string, after: string) =>
    toolEvent(
      id,
      "Edit",
      { file_path: `${ROOT}/src/till.go`, old_string: before, new_string: after },
      "",
    );
  const hidden = "  if pos >= len(b.payments) {\n    return nil\n  }\n  p := b.payments[pos]";
  const events = [
    refused("1", "go test ./bon", "panic: runtime error: index out of range [3] with length 2"),
    edited("2", "  p := b.payments[pos]", hidden),
    refused("3", "go test ./bon", "--- FAIL: TestCancel\n    bon_test.go:31: balance 1200, want 0"),
    edited(
      "4",
      hidden,
      "  for _, p := range b.paymentsOf(b.positions[pos].ID) {\n    b.book(-p.Amount)\n  }",
    ),
    ran("5", "go test ./bon", "ok  \tshop/bon\t0.01s\n3 passed"),
  ];

  it("is no fix of the failure that it only hid: what stands is, and it is told as an attempt", () => {
    const { observations } = followed(events);
    const fix = observations.find(({ title }) => title.includes("index out of range"));
    expect(fix?.narrative).toContain("paymentsOf");
    expect(fix?.narrative).not.toMatch(/now if pos/);
    expect(fix?.facts.join()).toMatch(/Tried without success: .*(?:till\.go|payments)/);
  });

  it("takes along the plan that it was announced as", () => {
    const said = (key: string, text: string) => textEvent(key, "say" as "prompt", text);
    const { observations } = followed([
      said("say:1", "I'll use an `upsert_all` on the two columns of `offers`."),
      edited("1", "  insert_many(offers, rows)", "  upsert_all(offers, rows, SUPPLIER_SKU)"),
      said("say:2", "I'll delete the day's rows of `offers` and insert them again."),
      edited(
        "2",
        "  upsert_all(offers, rows, SUPPLIER_SKU)",
        "  delete_day(offers, FEED_DATE)\n  insert_many(offers, rows)",
      ),
    ]);
    expect(
      JSON.stringify(observations.map(({ title, narrative }) => [title, narrative])),
    ).not.toContain("upsert");
  });
});

it("a name that the work put in and had yet to define is a slip, and nobody is told of it", () => {
  const { observations } = followed([
    refused(
      "1",
      "pytest",
      "E   NameError: name 'first' is not defined\n1 failed, 6 passed in 2.10s",
    ),
    toolEvent(
      "2",
      "Edit",
      {
        file_path: `${ROOT}/load.py`,
        old_string: "def load(frames):",
        new_string: "def load(frames):\n    first = True",
      },
      "",
    ),
    ran("3", "pytest", "7 passed in 2.05s"),
  ]);
  expect(observations.filter(({ type }) => type === "bugfix")).toEqual([]);
});

it("a name that had yet to be imported is a slip in any script", () => {
  const { observations } = followed([
    refused(
      "1",
      "pnpm test",
      " FAIL  coupon\nReferenceError: 已使用 is not defined\n Tests  1 failed",
    ),
    toolEvent(
      "2",
      "Edit",
      {
        file_path: `${ROOT}/a.ts`,
        old_string: "x()",
        new_string: "import { 已使用 } from './错误'\nx()",
      },
      "",
    ),
    ran("3", "pnpm test", " Tests  5 passed (5)"),
  ]);
  expect(observations.filter(({ type }) => type === "bugfix")).toEqual([]);
});

it("an edit that git takes back is told as no fix any more", () => {
  const fixed = [
    refused(
      "1",
      "cargo test",
      "error[E0382]: borrow of moved value: `out`\n  --> src/export.rs:41:9\n41 |  out.flush()?;\nerror: aborting",
    ),
    toolEvent(
      "2",
      "Edit",
      {
        file_path: `${ROOT}/src/export.rs`,
        old_string: "let out = open(file);",
        new_string: "let out: Box<dyn Write> = open_boxed(file);",
      },
      "",
    ),
    ran("3", "cargo test", "test result: ok. 6 passed; 0 failed"),
  ];
  const [fix] = followed(fixed, false).observations;
  expect(fix?.title).toMatch(/borrow of moved value: out$/);
  const { corrects } = followed([...fixed, ran("4", "git checkout -- src/export.rs", "")]);
  expect(corrects).toMatchObject([{ source: fix?.sources[0] }]);
});

describe("what a person rules out", () => {
  const ruled = (words: string) =>
    followed([textEvent("prompt:1", "prompt", words)]).observations.map(({ title }) => title);

  it.each([
    [
      "find out why and fix it. don't touch the schema, ops runs migrations on mondays",
      "The user: don't touch the schema, ops runs migrations on mondays",
    ],
    ["fix the import\n\nnever log the customer's name", "The user: never log the customer's name"],
    ["真っ白になる原因を直して。ライブラリは追加しないで。", "The user: ライブラリは追加しないで"],
    [
      "use short names, e.g. no prefixes at all, and always sort",
      "The user: use short names, e.g. no prefixes at all, and always sort",
    ],
  ])("is told without the rest of the prompt: %s", (words, title) => {
    expect(ruled(words)).toEqual([title]);
  });
});

describe("what runs before commits", () => {
  const committed = (id: string, hash: string) =>
    ran(id, `git add -A && git commit -m "Step ${id}"`, `[main ${hash}] Step ${id}`);
  const green = (id: string) => [
    ran(`${id}a`, "go vet ./... 2>&1 | tail -5", "0 issues"),
    ran(`${id}b`, "go test -race", "ok  \tshop\t0.3s\n12 passed"),
    ran(`${id}c`, "golangci-lint run --fix=false", "0 issues."),
  ];

  it("is told once when a second commit came after the same checks", () => {
    const { observations } = followed([
      ...green("1"),
      committed("1", "aaaaaaa"),
      ...green("2"),
      committed("2", "bbbbbbb"),
      ...green("3"),
      committed("3", "ccccccc"),
    ]);
    const told = observations.filter(({ title }) => title.startsWith("Before a commit"));
    expect(told).toHaveLength(1);
    expect(told[0]?.narrative).toContain("`go test -race` and `golangci-lint run --fix=false`");
    expect(told[0]?.sources).toEqual(["tool:2", "tool:1"]);
  });

  it("is nothing where the commits came after different ones, or a part of the tests", () => {
    const { observations } = followed([
      ...green("1"),
      committed("1", "aaaaaaa"),
      ran("2a", "go test ./price/price_test.go", "3 passed"),
      committed("2", "bbbbbbb"),
    ]);
    expect(observations.some(({ title }) => title.startsWith("Before a commit"))).toBe(false);
  });
});

describe("the checks that passed last", () => {
  const request = textEvent("prompt:1", "prompt", "Show the prices");

  it("are told of a request until its end, also when a short turn only goes on", () => {
    const first = followed([
      request,
      ran("1", "npm test", "Tests  87 passed"),
      textEvent("stop:1", "turn_end", "The prices are shown with their currency now."),
    ]);
    const second = follow({
      root: ROOT,
      turn: { promptNumber: 2, request: "continue", ends: true },
      recentTitles: [],
      events: [
        textEvent("prompt:2", "prompt", "continue"),
        textEvent("stop:2", "turn_end", "Everything is committed."),
      ],
      openWork: first.openWork,
    });
    expect(second.passed).toEqual([{ program: "npm test", totals: "Tests 87 passed" }]);
  });

  it("are none any more once they failed", () => {
    const { passed } = followed([
      request,
      ran("1", "npm test", "Tests  87 passed"),
      refused("2", "npm test", "Exit code 1\nTests  1 failed | 86 passed"),
    ]);
    expect(passed).toEqual([]);
  });
});

describe("the same failure once more in a session", () => {
  const lint = "eslint src";
  const message =
    "src/cart.ts\n  4:7  error  'total' is never reassigned, use 'const' instead  prefer-const";
  const edit = (id: string, from: string, to: string) =>
    toolEvent(
      id,
      "Edit",
      { file_path: `${ROOT}/src/cart.ts`, old_string: from, new_string: to },
      "ok",
    );

  it("is told once where it was helped at once", () => {
    const { observations } = followed([
      refused("1", lint, message),
      edit("2", "let total = 0;", "const total = 0;"),
      ran("3", lint, "0 problems"),
      refused("4", lint, message),
      edit("5", "let total = sum();", "const total = sum();"),
      ran("6", lint, "0 problems"),
    ]);
    const fixes = observations.filter(({ type }) => type === "bugfix");
    expect(fixes).toHaveLength(1);
    expect(fixes[0]?.sources).toContain("tool:1");
  });
});
