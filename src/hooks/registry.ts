/** The agents whose hooks are understood. A new one is a folder beside this file and a line here. */
import { CLAUDE_CODE } from "./claude-code/dialect.ts";
import { CODEX } from "./codex/dialect.ts";
import type { AgentConnect } from "./connect/agent-connect.ts";
import type { FilesConnect } from "./connect/files-connect.ts";
import { COPILOT_CLI } from "./copilot-cli/dialect.ts";
import type { AgentDialect } from "./dialect.ts";
import { GEMINI_CLI } from "./gemini-cli/dialect.ts";
import { OPENCODE } from "./opencode/dialect.ts";
import { PI } from "./pi/dialect.ts";
import { QWEN_CODE } from "./qwen-code/dialect.ts";

export const AGENTS: readonly AgentDialect[] = [
  CLAUDE_CODE,
  CODEX,
  COPILOT_CLI,
  GEMINI_CLI,
  OPENCODE,
  QWEN_CODE,
  PI,
];

/** Names of all agents, as they stand in URLs and in the names of sessions. */
export const AGENT_NAMES: readonly string[] = AGENTS.map(({ agent }) => agent);

/** Those that `cairn connect` can set up. */
export const CONNECTABLE: readonly (AgentConnect | FilesConnect)[] = AGENTS.map(
  ({ connect }) => connect,
);
