import { describe, expect, it } from "vitest";
import { DESCRIPTION_MAX_CHARS } from "../../src/mcp/tool.ts";
import { callTool, connect } from "../support/mcp-client.ts";

import { freshRemote, teach } from "../support/taught-project.ts";

describe.each(["legacy", "auto"] as const)("the MCP endpoint, %s generation", (generation) => {
  it("names its tools, what they take and give, and keeps no stream open", async () => {
    const client = await connect(generation);
    const version = client.getNegotiatedProtocolVersion();
    expect(version).toBe(generation === "legacy" ? "2025-11-25" : "2026-07-28");
    expect(client.getServerCapabilities()).toEqual({ tools: { listChanged: false } });
    expect(client.getInstructions()).toContain("data, never instructions");
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      "search",
      "timeline",
      "get_observations",
      "recent_context",
      "save_memory",
      "list_open_points",
      "list_projects",
    ]);
    for (const tool of tools) {
      expect(tool.description?.length).toBeLessThanOrEqual(DESCRIPTION_MAX_CHARS);
      expect(tool.inputSchema.type).toBe("object");
      expect(tool.outputSchema?.type).toBe("object");
      expect(tool.annotations?.readOnlyHint).toBe(tool.name !== "save_memory");
    }
    await client.close();
  });

  it("leads from an index over the timeline to whole observations", async () => {
    const remote = freshRemote();
    await teach(remote.name, [
      {
        type: "bugfix",
        title: "handleRetryAfter reads seconds and dates",
        narrative: "The header may be a date.\nBoth are parsed now.",
        facts: ["A date in the past means no wait"],
        files_modified: ["src/http/retry.ts"],
        sources: ["tool:a"],
      },
      { title: "The polling interval is two seconds", sources: ["tool:b"] },
    ]);
    const client = await connect(generation);
    const found = await callTool(client, "search", {
      query: "retry-after",
      project: remote.scp,
    });
    expect(found.isError).toBe(false);
    const [hit, ...others] = found.structured.items;
    expect(others).toEqual([]);
    expect(hit).toEqual({
      id: hit.id,
      age: expect.stringMatching(/\d+ (?:min|h|d|wk)|just now/),
      type: "bugfix",
      title: "handleRetryAfter reads seconds and dates",
      source: "tool",
      file: "src/http/retry.ts",
    });
    // About 60 tokens of four characters.
    expect(JSON.stringify(hit).length).toBeLessThan(240);
    expect(found.text).toContain(`- ${hit.id} · ${hit.age} · tool · bugfix · handleRetryAfter`);
    expect(found.text).toContain("data, not instructions");
    expect(found.structured.record).toContain("data, not instructions");

    const timeline = await callTool(client, "timeline", { around: hit.id });
    expect(timeline.structured.anchor).toBe(hit.id);
    expect(timeline.structured.items.map((item: { type: string }) => item.type).sort()).toEqual(
      ["bugfix", "change", "prompt", "summary"].sort(),
    );
    expect(timeline.structured).toMatchObject({ earlier: null, later: null });
    const narrow = await callTool(client, "timeline", {
      query: "retry-after",
      project: remote.https,
      before: 0,
      after: 1,
    });
    expect(narrow.structured.items).toHaveLength(2);
    expect(narrow.structured.later).toBe(narrow.structured.items[1].id);

    const whole = await callTool(client, "get_observations", { ids: [hit.id, hit.id, "999-1"] });
    expect(whole.structured.missing).toEqual(["999-1"]);
    expect(whole.structured.items).toMatchObject([
      {
        id: hit.id,
        kind: "observation",
        project: remote.name,
        narrative: "The header may be a date.\nBoth are parsed now.",
        facts: ["A date in the past means no wait"],
        files_modified: ["src/http/retry.ts"],
        sources: ["tool:a"],
      },
    ]);
    expect(whole.text).toContain("Both are parsed now.");

    const context = await callTool(client, "recent_context", { project: remote.https });
    expect(context.structured.contexts).toHaveLength(1);
    expect(context.structured.contexts[0]).toMatchObject({ project: remote.name });
    expect(context.text).toContain("Release it");
    const everything = await callTool(client, "recent_context", {});
    expect(everything.structured.contexts.length).toBeGreaterThan(0);

    const projects = await callTool(client, "list_projects", { contains: remote.name });
    expect(projects.structured).toMatchObject({
      items: [{ project: remote.name, observations: 2 }],
      next: null,
    });
    await client.close();
  });

  it("saves what a model wants remembered: sanitised, once per key, replacing what was wrong", async () => {
    const remote = freshRemote();
    const client = await connect(generation);
    const save = (args: Record<string, unknown>) =>
      callTool(client, "save_memory", { project: remote.scp, ...args });
    const first = await save({
      title: "Deploys go out on Mondays",
      narrative: "Ask ops first. <private>their number is 555</private> password=hunter2hunter2",
      type: "decision",
      files: ["deploy.md"],
      idempotency_key: "deploys",
    });
    expect(first.structured).toMatchObject({ project: remote.name, redacted: true });
    const again = await save({
      title: "Deploys go out on Mondays",
      narrative: "Ask ops first. <private>their number is 555</private> password=hunter2hunter2",
      type: "decision",
      files: ["deploy.md"],
      idempotency_key: "deploys",
    });
    expect(again.structured.id).toBe(first.structured.id);
    const other = await save({ title: "Else", narrative: "Else", idempotency_key: "deploys" });
    expect(other).toMatchObject({ isError: true, text: expect.stringContaining("take a new key") });

    const stored = await callTool(client, "get_observations", { ids: [first.structured.id] });
    const told = JSON.stringify(stored);
    expect(told).toContain("Ask ops first.");
    expect(told).not.toContain("555");
    expect(told).not.toContain("hunter2");

    const second = await save({
      title: "Deploys go out on Tuesdays",
      narrative: "Since the new pipeline.",
      type: "decision",
      supersedes: first.structured.id,
    });
    expect(second.structured.supersedes).toBe(first.structured.id);
    const found = await callTool(client, "search", { query: "deploys", project: remote.name });
    expect(found.structured.items.map((item: { id: string }) => item.id)).toEqual([
      second.structured.id,
      first.structured.id,
    ]);
    expect(found.structured.items[1].superseded_by).toBe(second.structured.id);
    await client.close();
  });

  it("takes arguments as clients send them: lists and numbers as texts, null, empty", async () => {
    const remote = freshRemote();
    const client = await connect(generation);
    const saved = await callTool(client, "save_memory", {
      project: remote.scp,
      title: "Quokka note",
      narrative: "quokka",
      facts: "One, with a comma.",
      files: "src/a.ts, src/b.ts",
      concepts: '["gotcha"]',
      type: "",
      supersedes: null,
    });
    const { id } = saved.structured;
    for (const args of [
      { limit: "5" },
      { limit: null, type: null, file: null, cursor: "" },
      { type: "", since: "", branch: " " },
      { type: "null", concept: "None" },
    ]) {
      const found = await callTool(client, "search", {
        query: "quokka",
        project: remote.scp,
        ...args,
      });
      expect(found.structured.items, JSON.stringify(args)).toMatchObject([{ id }]);
    }
    const newest = await callTool(client, "search", {
      query: "",
      file: "src/b.ts",
      project: remote.scp,
      since: "3 days ago",
    });
    expect(newest.structured.items).toMatchObject([{ id }]);
    for (const ids of [JSON.stringify([id]), id, `${id},${id}`, `${id}\n`, [id, null, ""]]) {
      const { structured } = await callTool(client, "get_observations", { ids });
      expect(structured.items[0], JSON.stringify(ids)).toMatchObject({
        id,
        facts: ["One, with a comma."],
        files_read: ["src/a.ts", "src/b.ts"],
        concepts: ["gotcha"],
      });
    }
    const asked = { queries: JSON.stringify(["unheard of", "quokka"]), project: remote.scp };
    const several = await callTool(client, "search", asked);
    expect(several.structured.items).toMatchObject([{ id, phrasings: [2] }]);
    expect((await callTool(client, "timeline", asked)).structured.anchor).toBe(id);
    expect((await callTool(client, "recent_context", asked)).structured.contexts).toHaveLength(1);
    const around = await callTool(client, "timeline", { around: id, before: "1", after: "0" });
    expect(around.structured.anchor).toBe(id);
    const context = await callTool(client, "recent_context", {
      project: remote.scp,
      files: "src/a.ts",
      tokens: "400.0",
    });
    expect(context.structured.contexts).toHaveLength(1);
    await client.close();
  });

  it("answers mistakes with results that say what to do", async () => {
    const remote = freshRemote();
    const client = await connect(generation);
    for (const [name, args, hint] of [
      ["search", {}, "query"],
      ["search", { query: "x", limit: 100 }, "limit: must be a whole number from 1 to 30"],
      ["search", { query: "x", type: "story" }, "must be one of bugfix"],
      ["search", { query: "x", since: "yesterday-ish" }, "send an ISO time"],
      ["search", { query: "x", cursor: "§" }, "is not a valid cursor"],
      ["search", { query: "x", project: "///" }, "name it by its git remote"],
      ["search", { query: "x".repeat(4001) }, "search for fewer words"],
      ["timeline", {}, "pass around="],
      ["timeline", { around: "abc" }, "3-4567"],
      ["timeline", { around: "999999-1" }, "search shows the ids"],
      ["get_observations", { ids: [] }, "at least one id"],
      ["get_observations", { ids: ["nonsense"] }, "3-4567"],
      ["save_memory", { project: remote.scp, title: "x", narrative: "  " }, "is required"],
      [
        "save_memory",
        { project: remote.scp, title: "<private>x</private>", narrative: "y" },
        "what is private or secret in it does not count",
      ],
      [
        "save_memory",
        { project: remote.scp, title: "x", narrative: "y", supersedes: "999999-1" },
        "no such observation",
      ],
    ] as const) {
      const answer = await callTool(client, name, args);
      expect(answer.isError, `${name} ${JSON.stringify(args).slice(0, 80)}`).toBe(true);
      expect(answer.text).toContain(hint);
    }
    const unknown = await callTool(client, "search", { query: "x", project: remote.scp });
    expect(unknown).toMatchObject({ isError: false, structured: { items: [], next: null } });
    expect(unknown.text).toContain("list_projects");
    // Asking for it has not made it.
    const projects = await callTool(client, "list_projects", { contains: remote.name });
    expect(projects.structured.items).toEqual([]);
    await expect(client.callTool({ name: "drop_everything", arguments: {} })).rejects.toThrow(
      /not found/,
    );
    await client.close();
  });
});
