import { describe, expect, it } from "vitest";
import { matchExpression, parseQuery } from "../../../src/durable/project/search/query.ts";

const NOW = Date.UTC(2026, 2, 1, 12);
const DAY_MS = 86_400_000;

const words = (text: string) => parseQuery(text, NOW).terms.map(({ text: word }) => word);
const filters = (text: string) => parseQuery(text, NOW).filters;

describe("reading a query", () => {
  it.each([
    ["Why did we drop the retry handler?", ["drop", "retry", "handler"]],
    ["what's it about", ["what", "it", "about"]],
    ["handleRetryAfter", ["handleretryafter", "handle", "retry"]],
    ["retry-after header", ["retry", "retry after", "header"]],
    ["HTTPServer2 v2", ["httpserver2", "http", "server2", "v2"]],
    ["lib/spotter/live.ex", ["lib", "spotter", "live", "ex", "lib spotter live ex"]],
    ["数据库", ["数据", "据库"]],
    ["foo:bar http://x.org/a", ["foo", "bar", "foo bar", "http", "org", "http x org a"]],
    ["retry retry RETRY", ["retry"]],
    ["  \u0000 ?! ", []],
  ])("takes %j for %j", (text, expected) => {
    expect(words(text)).toEqual(expected);
  });

  it.each([
    ["type:bugfix x", { type: "bugfix" }],
    ["TYPE:Bugfix", { type: "bugfix" }],
    ["concept:trade-off file:live.ex", { concept: "trade-off", file: "live.ex" }],
    ['file:"my file.ts" branch:next', { file: "my file.ts", branch: "next" }],
    ["session:claude-code/abc actor:k1", { session: "claude-code/abc", actor: "k1" }],
    ["kind:summary", { kind: "summary" }],
    [
      "since:2026-02-01 until:2026-02-02",
      { since: Date.UTC(2026, 1, 1), until: Date.UTC(2026, 1, 3) - 1 },
    ],
    ["since:7d", { since: NOW - 7 * DAY_MS }],
    ["since:2026-02-01T10:00:00Z", { since: Date.UTC(2026, 1, 1, 10) }],
    ["type:banana since:yesterday until: concept:", {}],
    ['"type:bugfix"', {}],
  ])("reads the filters of %j", (text, expected) => {
    expect(filters(text)).toEqual(expected);
  });

  it("tells phrases, exclusions and words apart, and quotes them all", () => {
    const query = parseQuery('"cache key" -branch -"old one" fooBar "un"closed "rest', NOW);
    expect(query.phrases).toEqual(["cache key", "un", "rest"]);
    expect(query.excluded).toEqual(["branch", "old one"]);
    const [fooBar] = query.terms;
    expect(matchExpression({ phrases: ["a b"], excluded: ['x"y'] }, fooBar ? [fooBar] : [])).toBe(
      '("a b" AND ("a b" OR ("foobar" OR "foo bar"))) NOT ("x""y")',
    );
    expect(matchExpression({ phrases: [], excluded: ["x"] }, [])).toBeNull();
  });

  it("reads a long text up to a limit", () => {
    const long = Array.from({ length: 5000 }, (_, i) => `word${i}`).join(" ");
    expect(words(long).length).toBeLessThanOrEqual(48);
  });
});
