/** What a hook's answer looks like to Claude Code. */

/** Claude Code puts a longer text into a file and shows the model 2 KB of it; its limit is 10,000. */
export const ADDITIONAL_CONTEXT_MAX_CHARS = 9_500;

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
  const additionalContext = context.slice(0, ADDITIONAL_CONTEXT_MAX_CHARS).toWellFormed();
  return { hookSpecificOutput: { hookEventName, additionalContext } };
}
