/** Agents with Claude Code's form of hooks and MCP servers in one settings.json, and times in ms. */
import type { JsonObject } from "./agent-connect.ts";
import { CAIRN_NAME, type FilePart, type FilesOptions, mcpHeaders } from "./files-connect.ts";
import { post, postStart } from "./settings-command.ts";

const TIMEOUT_MS = 5_000;
const FILE = "settings.json";

function groups(events: readonly string[], settings: string): Record<string, JsonObject> {
  return Object.fromEntries(
    events.map((event) => {
      const command = event === "SessionStart" ? postStart(settings) : post(settings);
      const hook = { name: CAIRN_NAME, type: "command", command, timeout: TIMEOUT_MS };
      return [event, { hooks: [hook] }];
    }),
  );
}

/** Hooks for these events and, for the whole machine, the MCP server of the agent called `name`. */
export function settingsParts(
  name: string,
  events: readonly string[],
  { url, mcpKey, settings, projectScope }: FilesOptions,
): FilePart[] {
  const hooks: FilePart = { kind: "hooks", file: FILE, groups: groups(events, settings) };
  if (projectScope) return [hooks];
  const entry = { httpUrl: `${url}/mcp`, headers: mcpHeaders(name, mcpKey) };
  return [hooks, { kind: "mcp", file: FILE, section: "mcpServers", entry }];
}
