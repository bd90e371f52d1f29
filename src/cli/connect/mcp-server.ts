/** The entry of Cairn's MCP server in an agent's configuration: pure changes. */
import type { AgentConnect, JsonObject } from "../../hooks/connect/agent-connect.ts";
import { section, withSection } from "./hook-settings.ts";

export const MCP_SERVER_NAME = "cairn";

/**
 * `config` with this entry of our server in the list that `path` leads to; null: without it. What
 * somebody else put under our name is left as it is, and so are empty objects on the way.
 */
export function withMcpServer(
  agent: AgentConnect,
  config: JsonObject,
  path: readonly string[],
  entry: JsonObject | null,
): JsonObject {
  if (hasForeignMcpServer(agent, config, path)) return config;
  if (entry === null && entryAt(config, path) === undefined) return config;
  return changed(config, path, (servers) => {
    const { [MCP_SERVER_NAME]: _own, ...others } = servers;
    return entry === null ? others : { ...servers, [MCP_SERVER_NAME]: entry };
  });
}

/** True where somebody else has put a server under our name: it is left as it is. */
export function hasForeignMcpServer(
  agent: AgentConnect,
  config: JsonObject,
  path: readonly string[],
): boolean {
  const entry = entryAt(config, path);
  return entry !== undefined && !agent.isOwnMcpEntry(entry);
}

function entryAt(config: JsonObject, path: readonly string[]): JsonObject[string] | undefined {
  const servers = path.reduce(section, config);
  return Object.hasOwn(servers, MCP_SERVER_NAME) ? servers[MCP_SERVER_NAME] : undefined;
}

function changed(
  object: JsonObject,
  path: readonly string[],
  change: (servers: JsonObject) => JsonObject,
): JsonObject {
  const [name, ...rest] = path;
  if (name === undefined) return change(object);
  return withSection(object, name, changed(section(object, name), rest, change));
}
