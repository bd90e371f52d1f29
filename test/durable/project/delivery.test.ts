import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
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

const LIST = { project: PROJECT, filters: {}, before: null, limit: 50 };
const FIND = { project: PROJECT, filters: {}, limit: 20, now: NOW };

describe("delivering to a project", () => {
  it("applies a batch once, gives ids of one counter, and shows exactly the fields of the contract", async () => {
    const project = freshProject();
    const batch = delivery(1, {
      prompts: [prompt({ text: "Fix the login" })],
      observations: [
        observation({
          type: "bugfix",
          title: "Login no longer loops",
          subtitle: "the cookie was read too early",
          narrative: "The session cookie was read before it was set.",
          facts: ["src/login.ts reads it after the redirect"],
          concepts: ["gotcha"],
          sources: ["tool:a", "tool:b"],
          index_text: "set-cookie SameSite",
          files_read: ["src/cookie.ts"],
          files_modified: ["src/login.ts"],
        }),
      ],
      summaries: [summary({ request: "Fix the login", completed: "Fixed", next_steps: "Ship it" })],
    });
    expect(await project.deliver({ project: PROJECT, delivery: batch })).toBe("applied");
    expect(await project.deliver({ project: PROJECT, delivery: batch })).toBe("duplicate");
    const { items, next } = await project.list(READER, LIST);
    expect(next).toBeNull();
    expect(items).toEqual([
      {
        id: "3-2",
        kind: "observation",
        project: "github.com/acme/app",
        session: SESSION,
        agent: "claude-code",
        type: "bugfix",
        title: "Login no longer loops",
        subtitle: "the cookie was read too early",
        narrative: "The session cookie was read before it was set.",
        facts: ["src/login.ts reads it after the redirect"],
        concepts: ["gotcha"],
        files_read: ["src/cookie.ts"],
        files_modified: ["src/login.ts"],
        sources: ["tool:a", "tool:b"],
        source_kind: "tool",
        prompt_number: 1,
        created_at: "2026-03-01T11:59:00.000Z",
        provider: "extractive",
        model: null,
        degraded: null,
        actor: "test0001",
        branch: "main",
        commit: "abc123",
        tokens: 42,
        repeats: null,
        supersedes: null,
        superseded_by: null,
      },
    ]);
    expect(await project.get(READER, { project: PROJECT, n: 1 })).toMatchObject({
      kind: "prompt",
      text: "Fix the login",
    });
    expect((await project.summaries(READER, LIST)).items).toMatchObject([
      { id: "3-3", kind: "summary", request: "Fix the login", next_steps: "Ship it" },
    ]);
    expect(await project.stats(READER, {})).toMatchObject({
      observations: 1,
      summaries: 1,
      prompts: 1,
    });
  });

  it("merges a later summary of the same turn into the first, which keeps its id", async () => {
    const project = freshProject();
    await project.deliver({
      project: PROJECT,
      delivery: delivery(1, {
        summaries: [
          summary({ request: "Fix it", learned: "cookies race", sources: ["stop:1", "tool:a"] }),
        ],
      }),
    });
    await project.deliver({
      project: PROJECT,
      delivery: delivery(2, {
        summaries: [
          summary({ completed: "Repaired zebra", sources: ["stop:2", "tool:a"], prompt_number: 1 }),
        ],
      }),
    });
    const { items } = await project.summaries(READER, LIST);
    expect(items).toMatchObject([
      {
        id: "3-1",
        request: "Fix it",
        learned: "cookies race",
        completed: "Repaired zebra",
        sources: ["stop:2", "tool:a", "stop:1"],
      },
    ]);
    expect(
      (await project.search(READER, { ...FIND, q: "zebra" })).items.map(({ id }) => id),
    ).toEqual(["3-1"]);
  });

  it("pages through a list, newest first, and never gives a number twice", async () => {
    const project = freshProject();
    const titles = Array.from({ length: 7 }, (_, i) => `Finding number ${i}`);
    await project.deliver({
      project: PROJECT,
      delivery: delivery(1, { observations: titles.map((title) => observation({ title })) }),
    });
    const first = await project.list(READER, { ...LIST, limit: 3 });
    expect(first.items.map(({ id }) => id)).toEqual(["3-7", "3-6", "3-5"]);
    const second = await project.list(READER, { ...LIST, limit: 5, before: Number(first.next) });
    expect(second.items.map(({ id }) => id)).toEqual(["3-4", "3-3", "3-2", "3-1"]);
    expect(second.next).toBeNull();
    expect(await project.remove({ n: 7 })).toBe(true);
    expect(await project.remove({ n: 7 })).toBe(false);
    await project.deliver({
      project: PROJECT,
      delivery: delivery(2, { observations: [observation()] }),
    });
    expect((await project.list(READER, { ...LIST, limit: 1 })).items[0]?.id).toBe("3-8");
  });

  it("creates no storage on any read", async () => {
    const project = freshProject();
    expect(await project.list(READER, LIST)).toEqual({ items: [], next: null });
    expect(await project.summaries(READER, LIST)).toEqual({ items: [], next: null });
    expect(await project.getMany(READER, { project: PROJECT, numbers: [1] })).toEqual([]);
    expect(await project.get(READER, { project: PROJECT, n: 1 })).toBeNull();
    expect(await project.remove({ n: 1 })).toBe(false);
    expect(await project.search(READER, { ...FIND, q: "anything" })).toEqual({ items: [] });
    expect((await project.context(READER, { project: PROJECT, now: NOW })).text).toBe("");
    expect(
      (await project.promptContext(READER, { project: PROJECT, query: "a b c", now: NOW })).text,
    ).toBe("");
    expect(
      (await project.fileContext(READER, { project: PROJECT, file: "a.ts", now: NOW })).text,
    ).toBe("");
    expect(await project.sessions(READER, {})).toEqual([]);
    expect(await project.stats(READER, {})).toMatchObject({ observations: 0, last_event_at: null });
    await runInDurableObject(project, (_object, state) => {
      const tables = state.storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'items'");
      expect(tables.toArray()).toEqual([]);
    });
  });
});
