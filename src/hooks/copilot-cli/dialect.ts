/**
 * GitHub Copilot CLI. It sends two forms: Claude Code's names of hooks with fields in snake_case, or
 * names and fields in camelCase, and then without the hook's name. It also runs the hooks of a
 * repository's `.claude/settings.json`. VS Code's agent mode sends fields in camelCase with the
 * hook's name. Tried with 1.0.102; VS Code only read of.
 */
import type { ToolAction } from "../../memory/event.ts";
import type { AgentDialect, Moment } from "../dialect.ts";
import { readShellEnd } from "../shell-report.ts";
import { isOwnCall, isRecord } from "../tool-call.ts";
import { toolOutput } from "../tool-output.ts";
import { COPILOT_CONNECT } from "./connect.ts";
import { closingMessage, isCopilotPayload, renameFields } from "./payloads.ts";

const MOMENTS: ReadonlyMap<string, Moment> = new Map<string, Moment>([
  ["SessionStart", "session_start"],
  ["SessionEnd", "session_end"],
  ["UserPromptSubmit", "prompt"],
  ["PostToolUse", "tool_use"],
  ["PostToolUseFailure", "tool_failure"],
  ["Stop", "turn_end"],
  ["SubagentStop", "subagent_end"],
  ["ErrorOccurred", "turn_failed"],
  ["PreCompact", "note"],
  ["PreToolUse", "unused"],
  ["PermissionRequest", "unused"],
  ["UserPromptTransformed", "unused"],
  ["Notification", "unused"],
  ["SubagentStart", "unused"],
]);

const TOOLS: ReadonlyMap<string, ToolAction> = new Map<string, ToolAction>([
  ["Read", "read"],
  ["view", "read"],
  ["Edit", "edit"],
  ["edit", "edit"],
  ["str_replace_editor", "edit"],
  ["apply_patch", "edit"],
  ["Write", "create"],
  ["create", "create"],
  ["Grep", "search"],
  ["grep", "search"],
  ["Glob", "search"],
  ["glob", "search"],
  ["Bash", "command"],
  ["bash", "command"],
  ["powershell", "command"],
  ["read_bash", "command"],
  ["write_bash", "command"],
  ["stop_bash", "command"],
  ["list_bash", "command"],
  ["WebFetch", "fetch"],
  ["web_fetch", "fetch"],
  ["web_search", "fetch"],
  ["fetch_copilot_cli_documentation", "fetch"],
  ["Agent", "delegate"],
  ["read_agent", "delegate"],
  ["write_agent", "delegate"],
  ["list_agents", "delegate"],
  ["Task", "delegate"],
  ["task", "delegate"],
  ["ask_user", "ask"],
  ["update_todo", "plan"],
  ["report_intent", "plan"],
  ["exit_plan_mode", "plan"],
]);

export const COPILOT_CLI: AgentDialect = {
  agent: COPILOT_CONNECT.name,
  connect: COPILOT_CONNECT,
  // Where it runs another agent's hooks it says `session_id`.
  sessionIdField: "sessionId",
  homeFolder: ".copilot",
  moments: MOMENTS,
  payloads: closingMessage,
  rename: renameFields,
  recognises: isCopilotPayload,
  takesContext: new Set(["SessionStart", "UserPromptSubmit", "PostToolUse", "PostToolUseFailure"]),
  answerForm: "flat",
  tools: TOOLS,
  isOwnTool: isOwnCall,
  result: (response, action) => {
    const text =
      isRecord(response) && typeof response.text_result_for_llm === "string"
        ? response.text_result_for_llm
        : toolOutput(response);
    // A command that fails is reported as a success.
    const end = action === "command" && typeof text === "string" ? readShellEnd(text) : null;
    const failed = isRecord(response) && response.result_type === "failure";
    return end ?? { output: text, failed };
  },
  timeIsIdentity: true,
};
