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

/** Most that a hook may send, in bytes: room for a tool's output with documents and images in it. */
export const HOOK_BODY_MAX_BYTES = 64 * 1024 * 1024;

/** Tokens of a context where nothing else is asked for: characters / 4. */
export const CONTEXT_TOKENS = 2_000;

/** Longest search query, in characters. */
export const QUERY_MAX_CHARS = 4_000;

/** Most phrasings of one question; more of them find no more. */
export const PHRASINGS_MAX = 5;

/** Most items on each side of a timeline's middle. */
export const NEIGHBOURS_MAX = 50;

/** Most ids that one call may ask for. */
export const BATCH_IDS_MAX = 100;
