/** The one seam for an agent: what it sends, what its hooks may be answered, and what it calls things. */
import type { HookAction, HookContext } from "./hook-action.ts";

/** What a hook's answer may tell. */
export interface HookReply {
  /** Memory for the agent's model; null where there is none. */
  context: string | null;
}

/**
 * An agent as Cairn sees it. Nothing below `hooks/` knows the name of an agent or of a tool: an
 * adapter stamps what it reads with Cairn's own words.
 */
export interface AgentAdapter {
  /** Stands in the URL of its hooks and in the names of its sessions. */
  readonly name: string;
  /** The member of a payload that names the session. */
  readonly sessionIdField: string;
  /** Most characters of context that one answer may carry. */
  readonly contextMaxChars: number;
  /**
   * What a request asks for: one action for each payload in it, in their order. Never throws; `body`
   * is any parsed JSON. Empty for a request without a payload.
   */
  read(body: unknown, context: HookContext): HookAction[];
  /** The answer's body, in the form that the agent reads. */
  answer(hookEventName: string, reply: HookReply): object;
  /** True for a prompt that the agent wrote itself. For prompts that were stored without a stamp. */
  isNotice(prompt: string): boolean;
}
