import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
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

const TOP = AGENT.mcpSection;
const OWN = AGENT.mcpEntry(URL_ONE, null);

describe("the MCP server's entry", () => {
  it("goes in beside others, moves with the server, and comes out again", () => {
    for (const path of [TOP, AGENT.projectMcpSection("/home/dev/app"), ["x", "__proto__", "y"]]) {
      const config = JSON.parse(CONFIG);
      const connected = withMcpServer(AGENT, config, path, OWN);
      expect(JSON.stringify(connected)).toContain(JSON.stringify({ cairn: ENTRY }).slice(1, -1));
      expect(withMcpServer(AGENT, connected, path, OWN)).toEqual(connected);
      const moved = withMcpServer(AGENT, connected, path, AGENT.mcpEntry("http://h", KEY));
      expect(JSON.stringify(moved)).toContain(`"Bearer ${KEY}"`);
      expect(JSON.stringify(moved)).not.toContain(URL_ONE);
      expect(withMcpServer(AGENT, moved, path, null)).toEqual(config);
      expect(withMcpServer(AGENT, withMcpServer(AGENT, {}, path, OWN), path, null)).toEqual({});
    }
  });

  it("leaves a server of the same name alone that somebody else put there", () => {
    for (const entry of [{ command: "cairn" }, { ...ENTRY, headers: {} }, 1]) {
      const config = { mcpServers: { cairn: entry } };
      expect(hasForeignMcpServer(AGENT, config, TOP)).toBe(true);
      expect(withMcpServer(AGENT, config, TOP, OWN)).toBe(config);
      expect(withMcpServer(AGENT, config, TOP, null)).toBe(config);
    }
    const broken = () => withMcpServer(AGENT, { mcpServers: [] }, TOP, OWN);
    expect(broken).toThrow(/Nothing was changed/);
  });

  it("stands where Claude Code looks, and never in a file that a repository shares", () => {
    expect(scopeFiles(AGENT, false, { CLAUDE_CONFIG_DIR: "/x" })).toMatchObject({
      hooks: "/x/settings.json",
      env: "/x/settings.json",
      mcp: "/x/.claude.json",
    });
    expect(scopeFiles(AGENT, false, {}).mcp).toMatch(/\/\.claude\.json$/);
    expect(scopeFiles(AGENT, true, {}).mcp).toBe(scopeFiles(AGENT, false, {}).mcp);
  });
});

describe("connecting Claude Code to the MCP server", { timeout: PROCESSES_MS }, () => {
  it("writes the user's file, and disconnect gives back the very same bytes", async () => {
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
    // The server could not be asked for keys: the one that was given stands in the settings alone.
    expect(connected.stdout).toContain("does not answer at this moment");
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

  it("writes a project's under its folder in the user's file, and takes an older one out of .mcp.json", async () => {
    const home = temporaryFolder("mcp");
    const below = join(home, "sub");
    mkdirSync(below);
    const options = { cwd: below, env: environment(home) };
    await run("git", ["init", "-q", home], options);
    writeFileSync(join(home, ".gitignore"), "**/.claude/settings.local.json\n");
    const shared = join(below, ".mcp.json");
    writeFileSync(
      shared,
      JSON.stringify({ mcpServers: { cairn: ENTRY, other: { command: "x" } } }),
    );
    const flags = ["--project-scope", "--url", URL_ONE, "--key", KEY];
    await run(CAIRN, ["connect", "claude-code", ...flags], options);
    expect(JSON.parse(readFileSync(shared, "utf8"))).toEqual({
      mcpServers: { other: { command: "x" } },
    });
    const path = join(home, ".claude.json");
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({
      projects: { [realpathSync(home)]: { mcpServers: { cairn: ENTRY } } },
    });
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
