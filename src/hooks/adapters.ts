/** The adapters of the agents that the registry lists. */
import { type AgentAdapter, adapterFor } from "./adapter.ts";
import { AGENTS } from "./registry.ts";

const ADAPTERS: readonly AgentAdapter[] = AGENTS.map(adapterFor);

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
