/**
 * What `cairn connect` sets up for Copilot CLI: a file of hooks of its own, and the MCP server. With
 * Claude Code's names of events, because only those payloads name their event. Tried with 1.0.102.
 */
import type { JsonObject } from "../connect/agent-connect.ts";
import { type FilesConnect, mcpHeaders } from "../connect/files-connect.ts";
import { post, postStart } from "../connect/settings-command.ts";

const TIMEOUT_S = 5;

const EVENTS = [
  "SessionStart",
  "UserPromptSubmit",
  "PostToolUse",
  "PostToolUseFailure",
  "Stop",
  "SubagentStop",
  "SessionEnd",
] as const;

/** Tenths of a second that a stop waits for its transcript. */
const TRANSCRIPT_WAITS = 12;

/**
 * The payload of a stop has no closing message; the transcript that it names has it as its last
 * line of that kind, but may be written a moment later: it is whole once it tells of this hook. Both
 * are sent, as lines.
 */
function postStop(settings: string): string {
  return [
    "p=$(cat)",
    `t=$(printf %s "$p" | sed -n 's/.*"transcript_path":"\\([^"]*\\)".*/\\1/p')`,
    `i=0; until tail -n 1 "$t" 2>/dev/null | grep -q '"agentStop"' || [ $i -ge ${TRANSCRIPT_WAITS} ]; do i=$((i+1)); sleep 0.1; done`,
    `{ printf '%s\\n' "$p"; grep '"type":"assistant.message"' "$t" 2>/dev/null | tail -n 1; } | ${post(settings)}`,
  ].join("\n");
}

function hooks(settings: string): JsonObject {
  return Object.fromEntries(
    EVENTS.map((event) => {
      const bash =
        event === "SessionStart"
          ? postStart(settings)
          : event === "Stop"
            ? postStop(settings)
            : post(settings);
      return [event, [{ type: "command", bash, timeoutSec: TIMEOUT_S }]];
    }),
  );
}

export const COPILOT_CONNECT: FilesConnect = {
  kind: "files",
  name: "copilot-cli",
  title: "Copilot CLI",
  program: "copilot",
  machineFolder: (_, home) => `${home}/.copilot`,
  projectFolder: ".github",
  parts: ({ url, mcpKey, settings, projectScope }) => [
    { kind: "own", file: "hooks/cairn.json", content: { version: 1, hooks: hooks(settings) } },
    ...(projectScope
      ? []
      : [
          {
            kind: "mcp" as const,
            file: "mcp-config.json",
            section: "mcpServers",
            entry: {
              type: "http",
              url: `${url}/mcp`,
              headers: mcpHeaders("copilot-cli", mcpKey),
              tools: ["*"],
            },
          },
        ]),
  ],
  note: ({ projectScope }) =>
    projectScope ? "Copilot CLI runs a repository's hooks once its folder is trusted." : null,
};
