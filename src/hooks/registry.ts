/** The agents whose hooks are understood. A new one is a folder beside this file and a line here. */
import { type AgentAdapter, adapterFor } from "./adapter.ts";
import { CLAUDE_CODE } from "./claude-code/dialect.ts";
import { CODEX } from "./codex/dialect.ts";
import { COPILOT_CLI } from "./copilot-cli/dialect.ts";
import { GEMINI_CLI } from "./gemini-cli/dialect.ts";
import { OPENCODE } from "./opencode/dialect.ts";
import { PI } from "./pi/dialect.ts";
import { QWEN_CODE } from "./qwen-code/dialect.ts";

const ADAPTERS: readonly AgentAdapter[] = [
  CLAUDE_CODE,
  CODEX,
  COPILOT_CLI,
  GEMINI_CLI,
  OPENCODE,
  QWEN_CODE,
  PI,
].map(adapterFor);

/** Names of all agents, as they stand in URLs and in the names of sessions. */
export const AGENT_NAMES: readonly string[] = ADAPTERS.map(({ name }) => name);

const BY_NAME: ReadonlyMap<string, AgentAdapter> = new Map(
  ADAPTERS.map((adapter) => [adapter.name, adapter]),
);

/** The adapter of an agent; null where its hooks are not understood. */
export function adapterOf(agent: string): AgentAdapter | null {
  return BY_NAME.get(agent) ?? null;
}

/**
 * The adapter for what arrived at an agent's address; null where that is no agent's. An agent may
 * run another's hooks, as Copilot CLI does with a repository's `.claude/settings.json`: what only
 * one agent sends is read as that agent's, at whichever address it arrives.
 */
export function adapterForPayload(agent: string, body: unknown): AgentAdapter | null {
  const addressed = adapterOf(agent);
  if (addressed === null || addressed.recognises(body)) return addressed;
  return ADAPTERS.find((adapter) => adapter.recognises(body)) ?? addressed;
}
