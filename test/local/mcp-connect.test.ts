import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { describe, expect, it } from "vitest";
import { scopeFiles } from "../../src/cli/connect/connect.ts";
import { hasForeignMcpServer, withMcpServer } from "../../src/cli/connect/mcp-server.ts";
import { CLAUDE_CODE_CONNECT as AGENT } from "../../src/hooks/claude-code/connect.ts";
import { CAIRN, environment, run, temporaryFolder } from "./cli-command.ts";
import { startServer } from "./local-server.ts";

/** Every step starts processes, on machines that may be busy. */
const PROCESSES_MS = 60_000;

const TOOLS = [
  "get_observations",
  "list_open_points",
  "list_projects",
  "recent_context",
  "save_memory",
  "search",
  "timeline",
];

const KEY = `cairn_acme_abcd1234_${"k".repeat(40)}`;
const URL_ONE = "https://cairn.example.com";
const ENTRY = {
  type: "http",
  url: `${URL_ONE}/mcp`,
  headers: { Authorization: "Bearer ${" + "CAIRN_KEY}", "X-Cairn-Client": "claude-code" },
};

/** As Claude Code and its user left it. */
const CONFIG = `{
  "numStartups": 7,
  "mcpServers": {"github": {"command": "gh-mcp"}},
  "projects": { "/home/dev/app": { "allowedTools": [] } }
}`;

describe("the MCP server's entry", () => {
  it("goes in beside others, moves with the server, and comes out again", () => {
    const config = JSON.parse(CONFIG);
    const connected = withMcpServer(AGENT, config, URL_ONE);
    expect(connected).toEqual({
      ...config,
      mcpServers: { github: { command: "gh-mcp" }, cairn: ENTRY },
    });
    expect(withMcpServer(AGENT, connected, URL_ONE)).toEqual(connected);
    const moved = withMcpServer(AGENT, connected, "http://127.0.0.1:8787");
    expect(moved.mcpServers).toMatchObject({ cairn: { url: "http://127.0.0.1:8787/mcp" } });
    expect(withMcpServer(AGENT, moved, null)).toEqual(config);
    expect(withMcpServer(AGENT, withMcpServer(AGENT, {}, URL_ONE), null)).toEqual({});
  });

  it("leaves a server of the same name alone that somebody else put there", () => {
    for (const entry of [{ command: "cairn" }, { ...ENTRY, headers: {} }, 1]) {
      const config = { mcpServers: { cairn: entry } };
      expect(hasForeignMcpServer(AGENT, config)).toBe(true);
      expect(withMcpServer(AGENT, config, URL_ONE)).toBe(config);
      expect(withMcpServer(AGENT, config, null)).toBe(config);
    }
    expect(() => withMcpServer(AGENT, { mcpServers: [] }, URL_ONE)).toThrow(/Nothing was changed/);
  });

  it("stands where Claude Code looks", () => {
    expect(scopeFiles(AGENT, false, { CLAUDE_CONFIG_DIR: "/x" })).toEqual({
      hooks: "/x/settings.json",
      env: "/x/settings.json",
      mcp: "/x/.claude.json",
    });
    expect(scopeFiles(AGENT, false, {}).mcp).toMatch(/\/\.claude\.json$/);
    expect(scopeFiles(AGENT, true, {}).mcp).toBe(join(process.cwd(), ".mcp.json"));
  });
});

describe("connecting Claude Code to the MCP server", { timeout: PROCESSES_MS }, () => {
  it("writes the user's file without the key, and disconnect gives back the very same bytes", async () => {
    const home = temporaryFolder("mcp");
    const path = join(home, ".claude.json");
    const cairn = (...args: string[]) => run(CAIRN, args, { cwd: home, env: environment(home) });
    const connect = () => cairn("connect", "claude-code", "--url", URL_ONE, "--key", KEY);
    writeFileSync(path, CONFIG);
    const connected = await connect();
    expect(connected).toMatchObject({ code: 0, stderr: "" });
    expect(connected.stdout).toContain(path);
    const text = readFileSync(path, "utf8");
    expect(JSON.parse(text).mcpServers).toEqual({ github: { command: "gh-mcp" }, cairn: ENTRY });
    expect(text).not.toContain(KEY);
    expect((await connect()).stdout).toContain("nothing had to be changed");
    // Pausing the capture leaves the memory readable.
    await cairn("pause");
    expect(readFileSync(path, "utf8")).toBe(text);
    await cairn("disconnect", "claude-code");
    expect(readFileSync(path, "utf8")).toBe(CONFIG);

    writeFileSync(path, '{"mcpServers": {"cairn": {"command": "mine"}}}');
    expect((await connect()).stdout).toContain("left as it is");
    expect(readFileSync(path, "utf8")).toBe('{"mcpServers": {"cairn": {"command": "mine"}}}');
  });

  it("writes .mcp.json for a project, and removes it again", async () => {
    const home = temporaryFolder("mcp");
    const options = { cwd: home, env: environment(home) };
    await run("git", ["init", "-q"], options);
    writeFileSync(join(home, ".gitignore"), ".claude/settings.local.json\n");
    const flags = ["--project-scope", "--url", URL_ONE, "--key", KEY];
    const connected = await run(CAIRN, ["connect", "claude-code", ...flags], options);
    expect(connected.stdout).toContain("ask once");
    const path = join(home, ".mcp.json");
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({ mcpServers: { cairn: ENTRY } });
    expect(existsSync(join(home, ".claude.json"))).toBe(false);
    await run(CAIRN, ["disconnect", "claude-code", "--project-scope"], options);
    expect(existsSync(path)).toBe(false);
  });
});

describe("the MCP endpoint of the local server", { timeout: PROCESSES_MS }, () => {
  it("serves the official client in both generations over real HTTP", async () => {
    const server = await startServer(temporaryFolder("mcp"));
    const requestInit = { headers: { Authorization: `Bearer ${server.key}` } };
    for (const mode of ["legacy", "auto"] as const) {
      const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode } });
      const url = new URL(`${server.url}/mcp`);
      await client.connect(new StreamableHTTPClientTransport(url, { requestInit }));
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name).sort()).toEqual(TOOLS);
      const saved = await client.callTool({
        name: "save_memory",
        arguments: { project: "acme/app", title: `Seen over ${mode}`, narrative: "As it says." },
      });
      expect(saved.isError).toBeUndefined();
      const found = await client.callTool({ name: "search", arguments: { query: `seen ${mode}` } });
      expect(JSON.stringify(found.structuredContent)).toContain(`Seen over ${mode}`);
      await client.close();
    }
    await server.stop();
  });
});
