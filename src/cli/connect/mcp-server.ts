/** The entry of Cairn's MCP server in an agent's configuration: pure changes. */
import type { AgentConnect, JsonObject } from "../../hooks/connect/agent-connect.ts";
import { section, withSection } from "./hook-settings.ts";

export const MCP_SERVER_NAME = "cairn";

/** `config` with our server at `url` (without a slash at its end); null: without it. */
export function withMcpServer(
  agent: AgentConnect,
  config: JsonObject,
  url: string | null,
): JsonObject {
  const name = agent.mcpSection;
  const servers = section(config, name);
  if (hasForeignMcpServer(agent, config)) return config;
  const { [MCP_SERVER_NAME]: own, ...others } = servers;
  if (url === null) return own === undefined ? config : withSection(config, name, others);
  return withSection(config, name, { ...servers, [MCP_SERVER_NAME]: agent.mcpEntry(url) });
}

/** True where somebody else has put a server under our name: it is left as it is. */
export function hasForeignMcpServer(agent: AgentConnect, config: JsonObject): boolean {
  const entry = section(config, agent.mcpSection)[MCP_SERVER_NAME];
  return entry !== undefined && !agent.isOwnMcpEntry(entry);
}
