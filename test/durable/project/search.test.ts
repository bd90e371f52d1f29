import { describe, expect, it } from "vitest";
import { mergeAnswers } from "../../../src/durable/project/search/merge-answers.ts";
import { NASTY } from "../../support/nasty-queries.ts";
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
import { FIND, projectWith } from "../../support/searched-project.ts";

describe("searching a project", () => {
  it("answers any query without an error, and none of the nasty ones with what it did not ask for", async () => {
    const { project } = await projectWith({ title: "Wombats dig", narrative: "Burrows are cool." });
    for (const q of NASTY) {
      const { items } = await project.search(READER, { ...FIND, q });
      expect(items, JSON.stringify(q.slice(0, 40))).toEqual([]);
      expect(
        await project.timeline(READER, {
          project: PROJECT,
          around: { q },
          before: 1,
          after: 1,
          now: NOW,
        }),
      ).toEqual({ anchor: null, items: [] });
      await project.context(READER, { project: PROJECT, query: q, files: [q], now: NOW });
      await project.promptContext(READER, { project: PROJECT, query: q, now: NOW });
      expect(
        (await project.fileContext(READER, { project: PROJECT, file: q, now: NOW })).text,
      ).toBe("");
      for (const filter of ["file", "session", "branch", "actor", "concept"]) {
        const filters = { [filter]: q };
        expect(
          (await project.list(READER, { project: PROJECT, filters, before: null, limit: 5 })).items,
        ).toEqual([]);
        expect((await project.search(READER, { ...FIND, q: "wombats", filters })).items).toEqual(
          [],
        );
      }
    }
  });

  it("lets identifiers find each other however they are written, and paths by any part", async () => {
    const { ids } = await projectWith(
      { title: "camelCase", narrative: "handleRetryAfter waits" },
      { title: "kebab-case", narrative: "the retry-after header" },
      { title: "prose", narrative: "retry after a minute" },
      { title: "snake_case", narrative: "handle_retry_after is old" },
      { title: "elsewhere", files_modified: ["lib/spotter/transcripts/live_view.ex"] },
      { title: "数据库迁移", narrative: "我们把数据库迁移到新的服务器" },
    );
    for (const q of ["handleRetryAfter", "retry-after", "retry after", "handle_retry_after"]) {
      expect((await ids(q)).toSorted(), q).toEqual(["3-1", "3-2", "3-3", "3-4"]);
    }
    expect((await ids("handleRetryAfter"))[0]).toMatch(/3-[14]/);
    for (const q of [
      "live_view.ex",
      "spotter/transcripts",
      "file:transcripts",
      "file:live_v",
      "LiveView",
    ]) {
      expect(await ids(q), q).toEqual(["3-5"]);
    }
    for (const q of ["数据库", "服务器", "迁移"]) expect(await ids(q), q).toEqual(["3-6"]);
  });

  it("finds two words that others write as one, and one that they write as two", async () => {
    const { project, ids } = await projectWith(
      { title: "Quotas", narrative: "the ratelimit of the login page" },
      { title: "Browsers", narrative: "the user_agent is sent" },
      ...Array.from({ length: 4 }, (_, i) => ({ title: `Page ${i}`, narrative: "a rate, a user" })),
    );
    expect((await ids("what is the rate limit"))[0]).toBe("3-1");
    expect(await ids("how do I log in")).toEqual(["3-1"]);
    expect(await ids("useragent")).toEqual(["3-2"]);
    // What nobody typed is not said to be missing.
    expect(await project.search(READER, { ...FIND, q: "page quotas" })).not.toHaveProperty(
      "fallback",
    );
  });

  it("takes phrases, exclusions and filters from the query as from the parameters", async () => {
    const { project, ids } = await projectWith(
      {
        type: "bugfix",
        title: "Cache key wrong",
        narrative: "The cache key lacked the branch",
        created_at: NOW - 3 * 86_400_000,
      },
      {
        type: "decision",
        title: "Key cache design",
        narrative: "A cache with one key per user",
        concepts: ["trade-off"],
        branch: "next",
      },
      {
        type: "change",
        title: "Other",
        narrative: "cache",
        actor: "someone1",
        session: "codex/s9",
      },
    );
    expect(await ids('"cache key"')).toEqual(["3-1"]);
    expect((await ids("cache -branch")).toSorted()).toEqual(["3-2", "3-3"]);
    expect(await ids("cache type:bugfix")).toEqual(["3-1"]);
    expect(await ids("cache", { type: "bugfix" })).toEqual(["3-1"]);
    expect(await ids("cache concept:trade-off")).toEqual(["3-2"]);
    expect(await ids("cache branch:next")).toEqual(["3-2"]);
    expect(await ids("cache actor:someone1")).toEqual(["3-3"]);
    expect(await ids("cache session:s9")).toEqual(["3-3"]);
    expect(await ids("cache session:codex/s9")).toEqual(["3-3"]);
    expect(await ids("cache until:2d")).toEqual(["3-1"]);
    expect((await ids("cache since:1d")).toSorted()).toEqual(["3-2", "3-3"]);
    expect(await ids("type:decision")).toEqual(["3-2"]);
    const { items } = await project.search(READER, { ...FIND, q: "cache type:decision" });
    expect(items[0]).toMatchObject({
      kind: "observation",
      project: PROJECT.name,
      type: "decision",
      channels: ["terms"],
    });
  });

  it("finds what a pasted command or number names, and says how it read what leaves nothing", async () => {
    const { project, ids } = await projectWith(
      { title: "Handshake answers -32601", narrative: "initialize was skipped" },
      { title: "Force push is blocked", narrative: "git push -f met branch protection" },
      { title: "Cache of redis", narrative: "evicted too early" },
    );
    expect(await ids("error -32601")).toEqual(["3-1"]);
    expect(await ids("git push -f")).toEqual(["3-2"]);
    expect(await ids("why was my `git push -f` refused?")).toEqual(["3-2"]);
    expect(await ids("-redis")).toEqual(["3-3"]);
    for (const [q, readAs] of [
      ["evicted -redis", { phrases: [], excluded: ["redis"], filters: [] }],
      ["evicted kind:summary", { phrases: [], excluded: [], filters: ["kind"] }],
      ['"evicted early"', { phrases: ["evicted early"], excluded: [], filters: [] }],
    ] as const) {
      const { items, read_as } = await project.search(READER, { ...FIND, q });
      expect(
        items.map(({ id }) => id),
        q,
      ).toEqual(["3-3"]);
      expect(read_as, q).toEqual(readAs);
    }
    // What was asked for beside the text still holds.
    expect(await ids("evicted -redis", { kind: "summary" })).toEqual([]);
  });

  it("takes several phrasings of one question, and says which of them found what", async () => {
    const { project, ids } = await projectWith(
      { title: "Walrus pool overflowed", narrative: "ECONNRESET from the pump" },
      { title: "Pump replaced", narrative: "the old one leaked" },
      { title: "Feeding plan", narrative: "fish at noon" },
    );
    const asked = { ...FIND, q: "walrus trouble", also: ["ECONNRESET pump", " ", "pump leaked"] };
    const { items } = await project.search(READER, asked);
    expect(items.map(({ id, phrasings }) => [id, phrasings])).toEqual([
      ["3-1", [1, 2, 3]],
      ["3-2", [2, 3]],
    ]);
    expect((await project.search(READER, { ...FIND, q: "walrus" })).items[0]).not.toHaveProperty(
      "phrasings",
    );
    // One that filters away everything takes nothing from the others.
    const mixed = { ...FIND, q: "pump kind:summary", also: ["walrus"] };
    expect((await project.search(READER, mixed)).items.map(({ id }) => id)).toEqual(["3-1"]);
    const around = { q: "nothing of the kind", also: ["feeding plan"] };
    const timeline = { project: PROJECT, around, before: 0, after: 0, now: NOW };
    expect((await project.timeline(READER, timeline))?.anchor).toBe("3-3");
    expect(await ids("walrus")).toEqual(["3-1"]);
  });

  it("finds what says all that was asked before what repeats one word of it", async () => {
    const page = (i: number) => ({
      title: `Page ${i}`,
      narrative: i === 4 ? "the pump" : "a list",
    });
    const { ids } = await projectWith(
      { title: "Walrus, walrus, walrus", narrative: "the walrus and the walrus of walrus bay" },
      ...Array.from({ length: 9 }, (_, i) => page(i)),
      { title: "Repair", narrative: `The walrus came. ${"It took long. ".repeat(4)}So the pump.` },
    );
    const found = await ids("walrus pump");
    expect(found.indexOf("3-11")).toBeLessThan(found.indexOf("3-1"));
  });

  it("leads to different events before it leads to one of them again", async () => {
    const { ids } = await projectWith(
      { title: "Walrus pool drained", narrative: "walrus pool", sources: ["tool:a"] },
      { title: "Walrus pool drained and cleaned", narrative: "pool", sources: ["tool:a"] },
      { title: "Walrus fed beside the pool", narrative: "fish at noon", sources: ["tool:b"] },
    );
    // The middle one is the worst by its words.
    expect((await ids("walrus pool drained"))[1]).toBe("3-3");
  });

  it("shows of a text that is found whole and by its parts what fits best", async () => {
    const part = (title: string, index_text: string) => ({
      title: `Summary of the session so far${title}`,
      narrative: "",
      index_text,
      activity: true,
      sources: ["compact:1"],
    });
    const { ids } = await projectWith(
      part(", whole: a", "walrus pool pump leak filter algae"),
      part(": a", "walrus pool"),
      part(": b", "pump leak"),
      { title: "The pump leaks", narrative: "since May" },
    );
    expect((await ids("walrus and the leak of the pump")).toSorted()).toEqual(["3-1", "3-4"]);
    expect(await ids("filter algae")).toEqual(["3-1"]);
    expect((await ids("walrus pool"))[0]).toMatch(/3-[12]/);
  });

  it("gives scores that can be compared: a strong match here outranks a weak one there", async () => {
    const filler = (count: number, word: string) =>
      Array.from({ length: count }, (_, i) => ({
        title: `Change ${i} of the ${word}`,
        narrative: `Part ${i} of the ${word} was moved to place ${i * 7}.`,
      }));
    const strong = {
      title: "Migration lock times out",
      narrative: "The migration waits for the lock until it times out.",
    };
    const weak = {
      title: "Lock file renewed",
      narrative: "A new lock file, of which nobody knows.",
    };
    const asked = { ...FIND, q: "migration lock timeout", also: [] };
    for (const [strongFillers, weakFillers] of [
      [60, 2],
      [2, 60],
      [0, 60],
      [60, 0],
      [2, 2],
    ] as const) {
      const here = await projectWith(strong, ...filler(strongFillers, "importer"));
      const there = await projectWith(weak, ...filler(weakFillers, "exporter"));
      const merged = mergeAnswers(
        [await there.project.search(READER, asked), await here.project.search(READER, asked)],
        5,
      );
      const order = merged.items.map(({ title }) => title);
      expect(order, `${strongFillers} ${weakFillers}`).toEqual([strong.title, weak.title]);
    }
  });

  it("recalls for a prompt whatever signs of a query are in it", async () => {
    const { project } = await projectWith(
      { title: "Reconnect storm needs backoffJitter", narrative: "code -1006 after a restart" },
      ...Array.from({ length: 12 }, (_, i) => ({ title: `Filler ${i}`, narrative: `topic ${i}` })),
    );
    for (const more of [
      'users say "it hangs"',
      "-1006 -restart",
      "branch:main file:///a",
      "since:2020-01-01 file:a/b.ts kind:summary",
      '"',
    ]) {
      const query = `reconnect storm backoffJitter ${more}`;
      const asked = { project: PROJECT, query, now: NOW };
      expect((await project.promptContext(READER, asked)).observations, more).toEqual(["3-1"]);
    }
  });

  it("finds words of two scripts, of one character, of another width and composed otherwise", async () => {
    const { project, ids } = await projectWith(
      { title: "Redis连接池耗尽", narrative: "数据表的锁" },
      { title: "本番のRedisへ", narrative: "캐시를 Redis로 옮겼다" },
      { title: "Ｎｇｉｎｘの設定", narrative: "half ｶﾞｲﾄﾞ" },
      {
        title: "Café",
        files_modified: ["docs/한글.md".normalize("NFD")],
        branch: "é".normalize("NFD"),
      },
      { title: "Größe der Schlange", narrative: "Lỗi kết nối" },
    );
    for (const q of ["größe", "GROSSE", "ket noi", "Kết nối"])
      expect(await ids(q), q).toEqual(["3-5"]);
    expect((await ids("Redis")).toSorted()).toEqual(["3-1", "3-2"]);
    for (const q of ["连接", "表", "锁", "池", "据", "Redis连接"])
      expect((await ids(q))[0], q).toBe("3-1");
    expect(await ids("옮겼")).toEqual(["3-2"]);
    for (const q of ["nginx", "ＮＧＩＮＸ", "ガイド"]) expect(await ids(q), q).toEqual(["3-3"]);
    for (const form of ["NFC", "NFD"]) {
      for (const q of ["한글.md", "file:한글", "café", "branch:é"]) {
        expect(await ids(q.normalize(form)), `${q} ${form}`).toEqual(["3-4"]);
      }
      const file = "/home/u/app/docs/한글.md".normalize(form);
      const known = await project.fileContext(READER, { project: PROJECT, file, now: NOW });
      expect(known.observations).toEqual(["3-4"]);
    }
  });

  it("says so when it had to look for similar words, and finds nothing rather than anything", async () => {
    const { project } = await projectWith(
      { title: "Annotation lifecycle", narrative: "Annotations are opened and closed." },
      { title: "Unrelated", narrative: "Nothing of the kind." },
    );
    const typo = await project.search(READER, { ...FIND, q: "anotation lifecylce" });
    expect(typo.items.map(({ id }) => id)).toEqual(["3-1"]);
    expect(typo).toMatchObject({
      fallback: "trigram",
      similar: { anotation: expect.arrayContaining(["annotation"]) },
    });
    expect(typo.items[0]?.channels).toEqual(["trigram"]);
    expect(await project.search(READER, { ...FIND, q: "annotation" })).not.toHaveProperty(
      "fallback",
    );
    expect(await project.search(READER, { ...FIND, q: "zygomorphic quux" })).toEqual({ items: [] });
  });

  it("searches what the sources said without showing it, and finds summaries and prompts too", async () => {
    const project = freshProject();
    await project.deliver({
      project: PROJECT,
      delivery: delivery(1, {
        observations: [
          observation({ title: "Build repaired", index_text: "ENOENT xylophone missing" }),
        ],
        summaries: [summary({ request: "Tune the marimba", learned: "It was flat" })],
        prompts: [prompt({ text: "Please look at the glockenspiel" })],
      }),
    });
    const { items } = await project.search(READER, { ...FIND, q: "xylophone" });
    expect(items.map(({ kind }) => kind)).toEqual(["observation"]);
    expect(
      JSON.stringify([
        items,
        await project.get(READER, { project: PROJECT, n: 2 }),
        await project.context(READER, { project: PROJECT, now: NOW }),
      ]),
    ).not.toContain("xylophone");
    expect((await project.search(READER, { ...FIND, q: "marimba flat" })).items[0]?.kind).toBe(
      "summary",
    );
    expect((await project.search(READER, { ...FIND, q: "glockenspiel" })).items[0]?.kind).toBe(
      "prompt",
    );
  });
});
