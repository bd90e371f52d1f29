/** Gemini CLI: its own names of hooks, no ids, times instead. Tried with 0.61. */
import type { ToolAction } from "../../memory/event.ts";
import type { AgentDialect, Moment } from "../dialect.ts";
import { llmContentResult } from "../llm-content.ts";
import { isOwnToolName, isRecord } from "../tool-call.ts";
import { GEMINI_CONNECT } from "./connect.ts";

const MOMENTS: ReadonlyMap<string, Moment> = new Map<string, Moment>([
  ["SessionStart", "session_start"],
  ["SessionEnd", "session_end"],
  ["BeforeAgent", "prompt"],
  ["AfterTool", "tool_use"],
  ["AfterAgent", "turn_end"],
  // Before every model request, and without the summary.
  ["PreCompress", "unused"],
  ["BeforeTool", "unused"],
  ["BeforeToolSelection", "unused"],
  ["BeforeModel", "unused"],
  ["AfterModel", "unused"],
  ["Notification", "unused"],
]);

const TOOLS: ReadonlyMap<string, ToolAction> = new Map<string, ToolAction>([
  ["read_file", "read"],
  ["read_many_files", "read"],
  ["replace", "edit"],
  ["edit", "edit"],
  ["write_file", "create"],
  ["grep_search", "search"],
  ["search_file_content", "search"],
  ["glob", "search"],
  ["list_directory", "search"],
  ["run_shell_command", "command"],
  ["list_background_processes", "command"],
  ["read_background_output", "command"],
  ["web_fetch", "fetch"],
  ["google_web_search", "fetch"],
  ["delegate_to_agent", "delegate"],
  ["invoke_agent", "delegate"],
  ["ask_user", "ask"],
  ["write_todos", "plan"],
  ["update_topic", "plan"],
  ["enter_plan_mode", "plan"],
  ["exit_plan_mode", "plan"],
]);

/** With `-p` what a session's start was answered comes back before the prompt's own words. */
const HOOK_CONTEXT = /<hook_context>[\s\S]*?<\/hook_context>\s*/g;

export const GEMINI_CLI: AgentDialect = {
  agent: GEMINI_CONNECT.name,
  connect: GEMINI_CONNECT,
  homeFolder: ".gemini",
  moments: MOMENTS,
  takesContext: new Set(["SessionStart", "BeforeAgent", "AfterTool"]),
  answerForm: "nested",
  rename: (body) =>
    body.prompt_response === undefined
      ? body
      : { ...body, last_assistant_message: body.prompt_response },
  recognises: (body) =>
    isRecord(body) &&
    typeof body.hook_event_name === "string" &&
    /^(?:Before|After)(?:Agent|Tool|Model)$/.test(body.hook_event_name),
  tools: TOOLS,
  isOwnTool: (tool, { mcp_context: server }) =>
    server === null ? isOwnToolName(tool) : server.server_name === "cairn",
  result: llmContentResult,
  personsWords: (prompt) => prompt.replace(HOOK_CONTEXT, ""),
  timeIsIdentity: true,
};
