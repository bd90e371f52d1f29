import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import type { Delivery } from "../../../src/memory/delivery.ts";
import {
  delivery,
  freshProject,
  NOW,
  observation,
  PROJECT,
  prompt,
  SESSION,
  summary,
} from "../../support/project-fixture.ts";
import { READER } from "../../support/reader.ts";
import { FIND } from "../../support/searched-project.ts";

type Project = ReturnType<typeof freshProject>;

const OTHER = "codex/other";

function taught(batch: number, word: string, over: Partial<Delivery> = {}): Delivery {
  const session = over.session ?? SESSION;
  return delivery(batch, {
    prompts: [
      prompt({
        session,
        text: `Look at the ${word}`,
        sources: [`prompt:${batch}`],
        prompt_number: batch,
      }),
    ],
    observations: [
      observation({
        session,
        title: `The ${word} leaks`,
        narrative: `${word} in src/${word}.ts`,
        sources: [`tool:${batch}a`, `tool:${batch}b`],
        files_modified: [`src/${word}.ts`],
        index_text: `${word}Handler`,
        prompt_number: batch,
      }),
    ],
    summaries: [
      summary({
        session,
        request: `Look at the ${word}`,
        completed: `${word} fixed`,
        sources: [`stop:${batch}`],
        prompt_number: batch,
      }),
    ],
    ...over,
  });
}

/** Everything that any route of the object says about a word. */
async function traces(project: Project, word: string): Promise<string[]> {
  const find = { project: PROJECT, filters: {}, limit: 20, now: NOW };
  const list = { project: PROJECT, filters: {}, before: null, limit: 50 };
  const typo = `${word.slice(0, 3)}${word.slice(4)}`;
  const inPhrase = await project.search(READER, { ...find, q: `"${word} handler"` });
  const answers: [string, unknown][] = [
    ["search", (await project.search(READER, { ...find, q: word })).items],
    ["index text", inPhrase.read_as === undefined ? inPhrase.items : []],
    ["typo", await project.search(READER, { ...find, q: typo })],
    ["part", await project.search(READER, { ...find, q: word.slice(0, -1) })],
    ["phrase", (await project.search(READER, { ...find, q: `"the ${word}"` })).items],
    ["file", (await project.search(READER, { ...find, q: `file:${word}` })).items],
    ["list", await project.list(READER, list)],
    ["list by file", await project.list(READER, { ...list, filters: { file: word } })],
    ["summaries", await project.summaries(READER, list)],
    [
      "items",
      await project.getMany(READER, {
        project: PROJECT,
        numbers: Array.from({ length: 30 }, (_, i) => i),
      }),
    ],
    [
      "context",
      await project.context(READER, {
        project: PROJECT,
        now: NOW,
        explain: true,
        query: word,
        files: [`src/${word}.ts`],
      }),
    ],
    [
      "prompt context",
      await project.promptContext(READER, {
        project: PROJECT,
        query: `the ${word} leaks`,
        now: NOW,
      }),
    ],
    [
      "file context",
      (await project.fileContext(READER, { project: PROJECT, file: `src/${word}.ts`, now: NOW }))
        .observations,
    ],
    [
      "timeline",
      await project.timeline(READER, {
        project: PROJECT,
        around: { q: word },
        before: 20,
        after: 20,
        now: NOW,
      }),
    ],
  ];
  const said = answers.filter(([, answer]) => {
    const text = JSON.stringify(answer);
    return (
      text.includes(word) || (Array.isArray(answer) && answer.length > 0 && text.includes("3-"))
    );
  });
  return said.map(([name]) => name);
}

/** Blocks of the full-text index in which these letters stand. */
function indexBlocks(project: Project, letters: string): Promise<number> {
  return runInDurableObject(project, (_object, state) => {
    const sql = "SELECT count(*) AS count FROM search_data WHERE instr(block, CAST(? AS BLOB))";
    return state.storage.sql.exec<{ count: number }>(sql, letters).one().count;
  });
}

describe("forgetting", () => {
  it("leaves nothing of a session on any route, and nothing of it in the database's words", async () => {
    const project = freshProject();
    await project.deliver({ project: PROJECT, delivery: taught(1, "wombat") });
    await project.deliver({ project: PROJECT, delivery: taught(1, "quokka", { session: OTHER }) });
    expect((await traces(project, "wombat")).length).toBeGreaterThan(10);
    expect(await indexBlocks(project, "ombat")).toBeGreaterThan(0);
    const forget = { session: SESSION, minGeneration: 1, remove: "all" as const, deliveries: [] };
    expect(await project.replace({ project: PROJECT, replacement: forget })).toBe("applied");
    expect((await traces(project, "wombat")).filter((name) => name !== "items")).toEqual([]);
    expect(
      JSON.stringify(await project.getMany(READER, { project: PROJECT, numbers: [1, 2, 3] })),
    ).toBe("[]");
    expect(await project.stats(READER, {})).toMatchObject({
      observations: 1,
      summaries: 1,
      prompts: 1,
    });
    expect(await indexBlocks(project, "ombat")).toBe(0);
    expect((await traces(project, "quokka")).length).toBeGreaterThan(10);
  });

  it("refuses what comes late, and what a retry of the forgetting would undo", async () => {
    const project = freshProject();
    await project.deliver({ project: PROJECT, delivery: taught(1, "wombat") });
    const forget = { session: SESSION, minGeneration: 1, remove: "all" as const, deliveries: [] };
    await project.replace({ project: PROJECT, replacement: forget });
    expect(await project.deliver({ project: PROJECT, delivery: taught(2, "wombat") })).toBe(
      "stale",
    );
    expect(await project.deliver({ project: PROJECT, delivery: taught(1, "wombat") })).toBe(
      "stale",
    );
    expect(
      await project.deliver({ project: PROJECT, delivery: taught(3, "numbat", { generation: 1 }) }),
    ).toBe("applied");
    expect(await project.replace({ project: PROJECT, replacement: forget })).toBe("duplicate");
    expect(
      await project.replace({ project: PROJECT, replacement: { ...forget, minGeneration: 0 } }),
    ).toBe("stale");
    expect((await project.search(READER, { ...FIND, q: "numbat" })).items.length).toBe(3);
    expect((await project.search(READER, { ...FIND, q: "wombat" })).items).toEqual([]);
  });

  it("takes back by sources and by batches, and puts the new in the same place once", async () => {
    const project = freshProject();
    await project.deliver({ project: PROJECT, delivery: taught(1, "wombat") });
    await project.deliver({ project: PROJECT, delivery: taught(2, "quokka") });
    const keys = { sources: ["tool:1a"] };
    await project.replace({
      project: PROJECT,
      replacement: { session: SESSION, minGeneration: 0, remove: keys, deliveries: [] },
    });
    expect((await project.stats(READER, {})).observations).toBe(2);
    await project.replace({
      project: PROJECT,
      replacement: {
        session: SESSION,
        minGeneration: 0,
        remove: { ...keys, any: true },
        deliveries: [],
      },
    });
    expect((await project.stats(READER, {})).observations).toBe(1);
    await project.replace({
      project: PROJECT,
      replacement: {
        session: SESSION,
        minGeneration: 0,
        remove: { sources: ["tool:2a", "tool:2b", "tool:9"] },
        deliveries: [],
      },
    });
    expect(await project.stats(READER, {})).toMatchObject({
      observations: 0,
      summaries: 2,
      prompts: 2,
    });
    const redo = {
      session: SESSION,
      minGeneration: 1,
      remove: { batches: [1, 2] },
      deliveries: [taught(3, "numbat", { generation: 1 })],
    };
    expect(await project.replace({ project: PROJECT, replacement: redo })).toBe("applied");
    expect(await project.replace({ project: PROJECT, replacement: redo })).toBe("duplicate");
    expect(await project.stats(READER, {})).toMatchObject({
      observations: 1,
      summaries: 1,
      prompts: 1,
    });
    expect(await project.deliver({ project: PROJECT, delivery: taught(1, "wombat") })).toBe(
      "stale",
    );
  });

  it("keeps projects and teams apart", async () => {
    const [one, two] = [freshProject("local"), freshProject("other")];
    await one.deliver({ project: PROJECT, delivery: taught(1, "wombat") });
    await two.deliver({ project: PROJECT, delivery: taught(1, "quokka") });
    expect((await traces(one, "quokka")).filter((name) => name !== "items")).toEqual([]);
    expect((await traces(two, "wombat")).filter((name) => name !== "items")).toEqual([]);
  });

  it("knows what sessions told of themselves, the newest word only", async () => {
    const project = freshProject();
    await project.announce({
      project: PROJECT,
      announcement: { session: SESSION, state: "idle", seq: 2, lastEventAt: 20 },
    });
    await project.announce({
      project: PROJECT,
      announcement: { session: SESSION, state: "active", seq: 1, lastEventAt: 10 },
    });
    await project.announce({
      project: PROJECT,
      announcement: { session: OTHER, state: "active", seq: 1, lastEventAt: 30 },
    });
    await project.replace({
      project: PROJECT,
      replacement: {
        session: "codex/silent",
        minGeneration: 2,
        remove: "all",
        deliveries: [],
      },
    });
    expect(await project.sessions(READER, {})).toEqual([
      { session: OTHER, state: "active", last_event_at: 30 },
      { session: SESSION, state: "idle", last_event_at: 20 },
    ]);
    expect(await project.sessions(READER, { state: "idle" })).toMatchObject([{ session: SESSION }]);
    expect(await project.stats(READER, {})).toMatchObject({ last_event_at: 30 });
  });
});
