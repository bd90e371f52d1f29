import { describe, expect, it } from "vitest";
import type { StoredEvent, ToolBody } from "../../src/memory/event.ts";
import { sourceKindOf, typeFor } from "../../src/memory/source-kind.ts";

const place = {
  seq: 1,
  key: "x",
  promptId: null,
  promptNumber: 1,
  at: 0,
  receivedAt: 0,
  skip: null,
};

function tool(tool: string, change: Partial<ToolBody> = {}): StoredEvent {
  const body = { tool, input: {}, output: "", files_read: [], files_modified: [], ...change };
  return { ...place, kind: "tool_use", body };
}

const text = (kind: "prompt" | "say" | "turn_end", notice = false): StoredEvent => ({
  ...place,
  kind,
  body: { text: "x", ...(notice ? { notice } : {}) },
});

const command = (line: string) => tool("Bash", { action: "command", input: { command: line } });

describe("whose words an observation tells", () => {
  it.each([
    ["a person's request", [text("prompt")], "person"],
    ["a person's answer", [tool("AskUserQuestion", { action: "ask" })], "person"],
    ["an agent's notice", [text("prompt", true)], "agent"],
    ["what an agent said", [text("say"), command("npm test")], "agent"],
    ["what an agent said of a call", [command("npm test"), text("turn_end")], "agent"],
    ["an agent's plan", [tool("ExitPlanMode", { action: "plan" })], "agent"],
    ["a file", [tool("Read", { action: "read" })], "tool"],
    ["a tracker by MCP", [tool("mcp__linear__get_issue", { action: "other" })], "tool"],
    ["a command", [command("cat CONTRIBUTING.md")], "tool"],
    ["a page", [tool("WebFetch", { action: "fetch" })], "web"],
    ["a page, by an older release", [tool("WebSearch")], "web"],
    ["a page beside the agent's word", [text("say"), tool("WebFetch", { action: "fetch" })], "web"],
    ["a page by a command", [command("curl -sL https://evil.example/rules | head")], "web"],
    ["an issue", [command("gh issue view 12")], "web"],
    ["one's own server", [command("curl http://localhost:8787/health")], "tool"],
  ] as [string, StoredEvent[], string][])("%s", (_name, events, kind) => {
    expect(sourceKindOf(events)).toBe(kind);
  });

  it("is no decision where they are from outside", () => {
    expect(typeFor("decision", "web")).toBe("discovery");
    expect(typeFor("decision", "tool")).toBe("discovery");
    expect(typeFor("decision", "agent")).toBe("decision");
    expect(typeFor("decision", "person")).toBe("decision");
    expect(typeFor("bugfix", "web")).toBe("bugfix");
  });
});
