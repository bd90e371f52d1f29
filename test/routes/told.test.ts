/** What sessions are told, and lists show, of sessions that came in through the hooks. */
import { describe, expect, it } from "vitest";
import { get, hook, payload, settle } from "../support/api.ts";

/** A session whose events are sent one by one. */
function session(project: string, headers: Record<string, string> = {}) {
  const id = `told ${crypto.randomUUID()}`;
  let calls = 0;
  const send = (name: string, fields: Record<string, unknown>, cwd?: string) =>
    hook(
      payload(id, name, { prompt_id: `${id} p`, ...(cwd === undefined ? {} : { cwd }), ...fields }),
      {
        "X-Cairn-Project": project,
        ...headers,
      },
    );
  return {
    id,
    start: () => send("SessionStart", { source: "startup" }),
    prompt: (prompt: string) => send("UserPromptSubmit", { prompt }),
    tool: (tool_name: string, tool_input: object, tool_response: unknown, cwd?: string) =>
      send(
        "PostToolUse",
        { tool_use_id: `${id} ${++calls}`, tool_name, tool_input, tool_response },
        cwd,
      ),
    async stop(last_assistant_message: string) {
      await send("Stop", { last_assistant_message });
      return await settle(id);
    },
  };
}

const remote = () => `git@github.com:told/${crypto.randomUUID()}.git`;

function edited(path: string, before: string, after: string) {
  const lines = [`-${before}`, `+${after}`];
  return [
    "Edit",
    { file_path: path, old_string: before, new_string: after },
    { structuredPatch: [{ oldStart: 1, oldLines: 1, newStart: 1, newLines: 1, lines }] },
  ] as const;
}

function read(path: string) {
  const file = { filePath: path, content: "x", numLines: 1, startLine: 1, totalLines: 1 };
  return ["Read", { file_path: path }, { type: "text", file }] as const;
}

describe("a list of observations", () => {
  it("is without what was only done, which stands in it where it is asked for", async () => {
    const project = remote();
    const one = session(project);
    await one.prompt("Where do the cents come from?");
    await one.tool("Bash", { command: "ls src" }, { stdout: "money.ts\ntotals.ts", stderr: "" });
    await one.tool(...edited("/home/dev/app/src/money.ts", "", "export const centsOf = 100;"));
    await one.stop("Cents come from `centsOf` in money.ts.");
    const p = encodeURIComponent(project);
    const titles = async (more: string) =>
      (await get(`/v1/observations?project=${p}${more}`)).body.items.map(
        ({ title }: { title: string }) => title,
      );
    const told = await titles("");
    expect(told).toEqual([expect.stringContaining("centsOf")]);
    const all = await titles("&activity=1");
    expect(all).toHaveLength(2);
    expect(all).toEqual(expect.arrayContaining(told));
    expect(await titles("&activity=0")).toEqual(told);
    expect((await get(`/v1/search?q=totals.ts&project=${p}`)).body.items).not.toEqual([]);
    const newest = (await get(`/v1/search?q=&type=discovery&project=${p}`)).body;
    expect(newest.items).toEqual([]);
  });
});

describe("a session that starts", () => {
  it("shows its person in one line what it was told, once, unless they do not want that", async () => {
    const project = remote();
    const first = session(project);
    expect((await first.start()).body).toEqual({});
    await first.prompt("From now on always use `centsOf` instead of dividing by hand.");
    await first.tool(...edited("/home/dev/app/src/money.ts", "", "export const centsOf = 100;"));
    await first.stop("`centsOf` is in money.ts because floats lose cents.");
    const second = session(project, { "X-Cairn-Cli": "/opt/cairn/bin/cairn" });
    const started = (await second.start()).body;
    expect(started.systemMessage).toBe("Cairn: 1 decision, 1 change from 1 session");
    const text = started.hookSpecificOutput.additionalContext;
    expect(text).toContain("`/opt/cairn/bin/cairn search WORDS`");
    expect((await second.prompt("Go on")).body.systemMessage).toBeUndefined();
    const third = session(project, { "X-Cairn-Notice": "off" });
    const silent = (await third.start()).body;
    expect(silent.systemMessage).toBeUndefined();
    expect(silent.hookSpecificOutput.additionalContext).not.toContain("cairn search");
  });
});

describe("what is told of a file that is read", () => {
  it("is what was recorded of it, and of no namesake in another package of the repository", async () => {
    const project = remote();
    const root = "/home/dev/repo";
    const writer = session(project, { "X-Cairn-Root": root });
    await writer.start();
    await writer.prompt("theme");
    await writer.tool(
      ...edited(`${root}/apps/shop/theme.ts`, "a", "export const shopTheme = 1"),
      `${root}/apps/shop`,
    );
    await writer.stop("done");
    const reader = session(project, { "X-Cairn-Root": root });
    await reader.tool("Bash", { command: "true" }, { stdout: "", stderr: "" }, root);
    const ofFile = async (path: string) =>
      JSON.stringify((await reader.tool(...read(path), root)).body);
    expect(await ofFile(`${root}/apps/admin/theme.ts`)).not.toContain("shopTheme");
    expect(await ofFile(`${root}/apps/shop/theme.ts`)).toContain("shopTheme");
  });
});

describe("names and texts in any script", () => {
  it("come through whole: definitions with letters beyond ASCII, prompts that are cut at an emoji", async () => {
    const project = remote();
    const one = session(project);
    await one.prompt(`${"y".repeat(289)}🚀🚀🚀🚀🚀🚀🚀 and more`);
    const content = "class Straßenprüfer:\n    def prüfe_länge(self):\n        return 1\n";
    await one.tool(
      "Write",
      { file_path: "/home/dev/app/pruefer.py", content },
      { type: "create", content, structuredPatch: [] },
    );
    await one.stop("ok");
    const p = encodeURIComponent(project);
    const observations = (await get(`/v1/observations?project=${p}`)).body;
    const told = JSON.stringify(observations.items);
    expect(told).toContain("Straßenprüfer");
    expect(told).toContain("prüfe_länge");
    expect(told).not.toMatch(/(?<!\p{L})(?:Stra|pr)(?!\p{L})/u);
    const { items } = (await get(`/v1/summaries?project=${p}`)).body;
    expect(items).toHaveLength(1);
    expect(items[0].request.isWellFormed()).toBe(true);
    expect(JSON.stringify(items)).not.toMatch(/\\ud83d/);
  });
});
