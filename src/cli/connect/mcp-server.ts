/** The entry of Cairn's MCP server in Claude Code's configuration: pure changes, and where it stands. */
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { section, withSection } from "./claude-code-settings.ts";
import type { JsonObject } from "./json-edit.ts";

export const MCP_SERVER_NAME = "cairn";
const MCP_PATH = "/mcp";
const SERVERS = "mcpServers";
/**
 * Claude Code puts the variable in, also from the `env` block of its settings (tried with 2.1.330 in
 * both scopes), so that the key stands in one place.
 */
const AUTHORIZATION = "Bearer ${" + "CAIRN_KEY}";

const OwnServerSchema = z.object({
  type: z.literal("http"),
  url: z.string().endsWith(MCP_PATH),
  headers: z.object({ Authorization: z.literal(AUTHORIZATION) }),
});

/**
 * The file that Claude Code reads its servers from: `.mcp.json` of the folder, or its own file of
 * the user, which moves with `CLAUDE_CONFIG_DIR`.
 */
export function mcpConfigPath(projectScope: boolean, env: NodeJS.ProcessEnv = process.env): string {
  if (projectScope) return resolve(".mcp.json");
  return join(resolve(env.CLAUDE_CONFIG_DIR || homedir()), ".claude.json");
}

/** `config` with our server at `url` (without a slash at its end); null: without it. */
export function withMcpServer(config: JsonObject, url: string | null): JsonObject {
  const servers = section(config, SERVERS);
  if (hasForeignMcpServer(config)) return config;
  const { [MCP_SERVER_NAME]: own, ...others } = servers;
  if (url === null) return own === undefined ? config : withSection(config, SERVERS, others);
  const entry = {
    type: "http",
    url: `${url}${MCP_PATH}`,
    headers: { Authorization: AUTHORIZATION },
  };
  return withSection(config, SERVERS, { ...servers, [MCP_SERVER_NAME]: entry });
}

/** True where somebody else has put a server under our name: it is left as it is. */
export function hasForeignMcpServer(config: JsonObject): boolean {
  const entry = section(config, SERVERS)[MCP_SERVER_NAME];
  return entry !== undefined && !OwnServerSchema.safeParse(entry).success;
}
