/** What a hook's answer looks like to an agent, in the two forms that there are. */

import { HOOK_CONTEXT_MAX_CHARS } from "../contract/limits.ts";
import { truncate } from "../platform/truncate.ts";

/** Claude Code's form, which Codex, Gemini CLI and Qwen Code read too. */
export interface NestedAnswer {
  /** Shown to the person, once. */
  systemMessage?: string;
  hookSpecificOutput?: {
    /** Must be the event that fired. */
    hookEventName: string;
    additionalContext: string;
  };
}

/** The form of Copilot CLI, which reads no other. */
export interface FlatAnswer {
  additionalContext?: string;
}

/** The context as an answer may carry it; null where there is none. */
function fitting(context: string | null): string | null {
  return context === null || context.trim() === ""
    ? null
    : truncate(context, HOOK_CONTEXT_MAX_CHARS);
}

/** `{}`, or the context where there is some, with `notice` for the person. */
export function nestedAnswer(
  hookEventName: string,
  context: string | null,
  notice: string | null = null,
): NestedAnswer {
  const additionalContext = fitting(context);
  if (additionalContext === null) return {};
  return {
    hookSpecificOutput: { hookEventName, additionalContext },
    ...(notice === null ? {} : { systemMessage: notice }),
  };
}

/** `{}`, or the context where there is some. */
export function flatAnswer(context: string | null): FlatAnswer {
  const additionalContext = fitting(context);
  return additionalContext === null ? {} : { additionalContext };
}
