/** What `cairn connect` sets up for Codex: hooks.json, and the MCP server in config.toml. Tried with 0.171. */
import type { JsonObject } from "../connect/agent-connect.ts";
import { CAIRN_NAME, type FilesConnect, mcpHeaders } from "../connect/files-connect.ts";
import { post, postStart } from "../connect/settings-command.ts";

/** Seconds. Codex clamps those of the last two to 3 itself. */
const TIMEOUTS_S: Record<string, number> = {
  SessionStart: 5,
  UserPromptSubmit: 5,
  PostToolUse: 5,
  Stop: 5,
  SubagentStop: 5,
  Interrupt: 3,
  SessionEnd: 3,
};

function groups(settings: string): Record<string, JsonObject> {
  return Object.fromEntries(
    Object.entries(TIMEOUTS_S).map(([event, timeout]) => {
      const command = event === "SessionStart" ? postStart(settings) : post(settings);
      return [event, { hooks: [{ type: "command", command, timeout }] }];
    }),
  );
}

/** A TOML inline table of texts: JSON's escapes of these are TOML's too. */
function inlineTable(values: Record<string, string>): string {
  const members = Object.entries(values).map(
    ([name, value]) => `${JSON.stringify(name)} = ${JSON.stringify(value)}`,
  );
  return `{ ${members.join(", ")} }`;
}

export const CODEX_HOOKS_FILE = "hooks.json";
export const CODEX_CONFIG_FILE = "config.toml";

export const CODEX_CONNECT: FilesConnect = {
  kind: "files",
  name: "codex",
  title: "Codex",
  program: "codex",
  machineFolder: (env, home) => env.CODEX_HOME || `${home}/.codex`,
  projectFolder: ".codex",
  parts: ({ url, mcpKey, settings, projectScope }) => [
    { kind: "hooks", file: CODEX_HOOKS_FILE, groups: groups(settings) },
    ...(projectScope
      ? []
      : [
          {
            kind: "toml" as const,
            file: CODEX_CONFIG_FILE,
            lines: [
              `[mcp_servers.${CAIRN_NAME}]`,
              `url = ${JSON.stringify(`${url}/mcp`)}`,
              `http_headers = ${inlineTable(mcpHeaders("codex", mcpKey))}`,
            ],
          },
        ]),
  ],
  note: ({ projectScope }) =>
    `Codex runs no hook that you have not trusted: it asks when it starts ("Hooks need review", ` +
    "choose 2 to trust all), and `codex exec` leaves them out without a word until then. " +
    (projectScope
      ? "The folder itself has to be trusted, too."
      : "`cairn connect codex --trust` says yes for you."),
};
