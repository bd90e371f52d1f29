import { describe, expect, it } from "vitest";
import {
  matchExpression,
  parsePlainText,
  parseQuery,
} from "../../../src/durable/project/search/query.ts";

const NOW = Date.UTC(2026, 2, 1, 12);
const DAY_MS = 86_400_000;

const words = (text: string) =>
  parseQuery(text, NOW)
    .terms.filter(({ optional }) => optional !== true)
    .map(({ text: word }) => word);
const filters = (text: string) => parseQuery(text, NOW).filters;

describe("reading a query", () => {
  it.each([
    ["Why did we drop the retry handler?", ["drop", "retry", "handler"]],
    ["what's it about", ["what", "it", "about"]],
    ["handleRetryAfter", ["handleretryafter", "handle", "retry"]],
    ["git push -f", ["git", "push", "f"]],
    ["`git push -f`", ["git", "push", "f"]],
    ["retry-after header", ["retry", "retry after", "header"]],
    ["HTTPServer2 v2", ["httpserver2", "http", "server2", "v2"]],
    ["lib/spotter/live.ex", ["lib", "spotter", "live", "ex", "lib spotter live ex"]],
    ["数据库", ["数据", "据库"]],
    ["Redis连接池", ["redis", "连接", "接池"]],
    ["RedisのSentinelを使う", ["redis", "sentinel", "を使", "使う"]],
    ["锁", ["锁"]],
    ["Redis를", ["redis"]],
    ["Ｒｅｄｉｓ ｶﾞｲﾄﾞ", ["redis", "ガイ", "イド"]],
    ["re\u0301sume\u0301", ["résumé"]],
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
    ['since:"3 days ago" until:1772366400', { since: NOW - 3 * DAY_MS, until: NOW }],
    ["since:2026-02-01T10:00:00Z", { since: Date.UTC(2026, 1, 1, 10) }],
    ["type:banana since:yesterday until: concept:", {}],
    ['"type:bugfix"', {}],
  ])("reads the filters of %j", (text, expected) => {
    expect(filters(text)).toEqual(expected);
  });

  it("tells phrases, exclusions and words apart, and quotes them all", () => {
    const query = parseQuery('"cache key" -branch -"old one" fooBar "un"closed "rest', NOW);
    expect(query.phrases).toEqual(["cache key", "un", "rest"]);
    expect(query.excluded.toSorted()).toEqual(["branch", "old one"]);
    const [fooBar] = query.terms;
    expect(matchExpression({ phrases: ["a b"], excluded: ['x"y'] }, fooBar ? [fooBar] : [])).toBe(
      '("a b" AND ("a b" OR ("foobar" OR "foo bar"))) NOT ("x""y")',
    );
    expect(matchExpression({ phrases: [], excluded: ["x"] }, [])).toBeNull();
  });

  it.each([
    ["error -32601", []],
    ["exit code -1", []],
    ["HRESULT -0x80070005", []],
    ["git push -f", []],
    ["git log -oneline", []],
    ["rm -rf node_modules", []],
    ["npm ci -Wall", []],
    ["sudo docker run -it -name web", []],
    ["./gradlew build -DskipTests", []],
    ["warning from -Wno-unused -std=c++17", []],
    ["mytool serve -v -config x", []],
    ["Remove-Item build -Recurse -Force", []],
    ["why was my `git push -f` rejected", []],
    ["(git push -force), then what", []],
    ["why does tar -xzvf fail", []],
    ["does kubectl get pods -owide hang", []],
    ["how does find -name take wildcards", []],
    ["we ran Remove-Item -Recurse -Force", []],
    ["FOO=1 ./run.sh -config x", []],
    ["the -nightly flag", []],
    ["what does option -interactive do", []],
    ["lr -1e-4, between -10% and -$5", []],
    ["loss is -Infinity", []],
    ["read returned -ENOENT", []],
    ["stopped by -SIGTERM", []],
    ["display: -webkit-box margin -mt-4", []],
    ["-redis", []],
    ["-redis -cluster", []],
    ["what is left:\n-gateway\n- staging", []],
    ["redis -cluster", ["cluster"]],
    ["could not connect to redis -cluster", ["cluster"]],
    ["how is auth done -oauth", ["oauth"]],
    ["数据库 -连接池", ["连接池"]],
    ["redis -cluster -Sentinel", ["cluster", "Sentinel"]],
    ["type:bugfix -redis", ["redis"]],
    ['git -"force push"', ["force push"]],
  ])("excludes by %j exactly %j", (text, excluded) => {
    const query = parseQuery(text, NOW);
    expect(query.excluded).toEqual(excluded);
    if (excluded.length === 0) expect(query.terms.length).toBeGreaterThan(0);
  });

  it.each([
    "see file:///home/u/log.txt",
    "file://x",
    "session: expired session:expired,",
    "branch:a..b branch:x~1 branch:",
    "actor:(nobody)",
    "type:error kind:of concept:art",
    "since:when until:then",
  ])("takes nothing in %j for a filter", (text) => {
    expect(filters(text)).toEqual({});
    expect(words(text).length).toBeGreaterThan(0);
  });

  it("reads a prompt as plain words, whatever is in it", () => {
    const text = 'it says "hangs on staging" -gateway type:bugfix since:7d branch:main "open';
    const query = parsePlainText(text);
    expect([query.phrases, query.excluded, query.filters]).toEqual([[], [], {}]);
    const read = query.terms.map((term) => term.text);
    expect(read).toEqual(expect.arrayContaining(["hangs", "staging", "gateway", "bugfix", "open"]));
  });

  it("reads a long text up to a limit", () => {
    const long = Array.from({ length: 5000 }, (_, i) => `word${i}`).join(" ");
    expect(words(long).length).toBeLessThanOrEqual(48);
  });
});
