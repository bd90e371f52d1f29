/** What a hook's answer looks like to Claude Code. */

import { HOOK_CONTEXT_MAX_CHARS } from "../../contract/limits.ts";
import { truncate } from "../../platform/truncate.ts";

/**
 * The events whose answer may carry context. `Stop` is none of them: there it would make the agent
 * go on.
 */
const TAKES_CONTEXT: ReadonlySet<string> = new Set([
  "SessionStart",
  "UserPromptSubmit",
  "PostToolUse",
]);

export interface HookAnswer {
  hookSpecificOutput?: {
    /** Must be the event that fired. */
    hookEventName: string;
    additionalContext: string;
  };
}

export function takesContext(hookEventName: string): boolean {
  return TAKES_CONTEXT.has(hookEventName);
}

/** `{}`, or the context where there is some and the event takes it. */
export function hookAnswer(hookEventName: string, context: string | null): HookAnswer {
  if (context === null || context.trim() === "" || !takesContext(hookEventName)) return {};
  const additionalContext = truncate(context, HOOK_CONTEXT_MAX_CHARS);
  return { hookSpecificOutput: { hookEventName, additionalContext } };
}
