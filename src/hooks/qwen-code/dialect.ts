/** Qwen Code: a fork of Gemini CLI with Claude Code's hooks. Tried with 0.24. */
import type { ToolAction } from "../../memory/event.ts";
import { CLAUDE_CODE } from "../claude-code/dialect.ts";
import type { AgentDialect } from "../dialect.ts";
import { llmContentResult } from "../llm-content.ts";
import { isOwnCall } from "../tool-call.ts";
import { QWEN_CONNECT } from "./connect.ts";

const TOOLS: ReadonlyMap<string, ToolAction> = new Map<string, ToolAction>([
  ["read_file", "read"],
  ["read_many_files", "read"],
  ["edit", "edit"],
  ["write_file", "create"],
  ["notebook_edit", "edit"],
  ["grep_search", "search"],
  ["glob", "search"],
  ["list_directory", "search"],
  ["tool_search", "search"],
  ["lsp", "search"],
  ["run_shell_command", "command"],
  ["monitor", "command"],
  ["web_fetch", "fetch"],
  ["web_search", "fetch"],
  ["task", "delegate"],
  ["agent", "delegate"],
  ["list_agents", "delegate"],
  ["ask_user_question", "ask"],
  ["todo_write", "plan"],
  ["get_goal", "plan"],
  ["update_goal", "plan"],
  ["save_memory", "plan"],
  ["enter_plan_mode", "plan"],
  ["exit_plan_mode", "plan"],
]);

export const QWEN_CODE: AgentDialect = {
  agent: QWEN_CONNECT.name,
  connect: QWEN_CONNECT,
  homeFolder: ".qwen",
  moments: CLAUDE_CODE.moments,
  takesContext: new Set(["SessionStart", "UserPromptSubmit", "PostToolUse", "PostToolUseFailure"]),
  answerForm: "nested",
  tools: TOOLS,
  isOwnTool: isOwnCall,
  result: llmContentResult,
  emptyPromptsAreNoise: true,
};
