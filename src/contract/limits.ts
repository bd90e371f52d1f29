/** Limits that both ends of the wire hold to. */

/**
 * Most characters of the context that a hook's answer carries. Claude Code puts a longer text than
 * 10,000 into a file and shows its model 2 KB of it: https://code.claude.com/docs/en/hooks.
 */
export const HOOK_CONTEXT_MAX_CHARS = 9_500;

/**
 * Most characters of the context that a project composes: less than an answer carries, so that the
 * tag that closes the record is never cut off.
 */
export const CONTEXT_MAX_CHARS = HOOK_CONTEXT_MAX_CHARS - 100;
