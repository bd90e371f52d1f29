/** Claude Code. */
import { HOOK_CONTEXT_MAX_CHARS } from "../../contract/limits.ts";
import type { AgentAdapter } from "../adapter.ts";
import { hookAnswer } from "./answer.ts";
import { isNotice } from "./notices.ts";
import { readHook } from "./read.ts";

export const claudeCode: AgentAdapter = {
  name: "claude-code",
  sessionIdField: "session_id",
  contextMaxChars: HOOK_CONTEXT_MAX_CHARS,
  // One hook, one request.
  read: (body, context) => [readHook(body, context)],
  answer: (hookEventName, { context }) => hookAnswer(hookEventName, context),
  isNotice,
};
