/** The agents whose hooks are understood. A new one is a folder beside this file and a line here. */
import type { AgentAdapter } from "./adapter.ts";
import { claudeCode } from "./claude-code/adapter.ts";

const ADAPTERS: readonly AgentAdapter[] = [claudeCode];

/** Names of all agents, as they stand in URLs and in the names of sessions. */
export const AGENT_NAMES: readonly string[] = ADAPTERS.map(({ name }) => name);

const BY_NAME: ReadonlyMap<string, AgentAdapter> = new Map(
  ADAPTERS.map((adapter) => [adapter.name, adapter]),
);

/** The adapter of an agent; null where its hooks are not understood. */
export function adapterOf(agent: string): AgentAdapter | null {
  return BY_NAME.get(agent) ?? null;
}
