/** Claude Code's hooks and tools. */
import type { ToolAction } from "../../memory/event.ts";
import type { AgentDialect, Moment } from "../dialect.ts";
import { isOwnCall } from "../tool-call.ts";
import { toolOutput } from "../tool-output.ts";
import { CLAUDE_CODE_CONNECT } from "./connect.ts";
import { isNotice, tasksOf } from "./notices.ts";

const MOMENTS: ReadonlyMap<string, Moment> = new Map<string, Moment>([
  ["SessionStart", "session_start"],
  ["SessionEnd", "session_end"],
  ["UserPromptSubmit", "prompt"],
  ["PostToolUse", "tool_use"],
  ["PostToolUseFailure", "tool_failure"],
  ["MessageDisplay", "say"],
  ["Stop", "turn_end"],
  ["StopFailure", "turn_failed"],
  ["SubagentStop", "subagent_end"],
  ["PreCompact", "note"],
  ["PostCompact", "compaction"],
  ["Setup", "unused"],
  ["PreToolUse", "unused"],
  ["PermissionRequest", "unused"],
  ["PermissionDenied", "unused"],
  ["Notification", "unused"],
  ["SubagentStart", "unused"],
  ["PostToolBatch", "unused"],
  ["UserPromptExpansion", "unused"],
  ["TaskCreated", "unused"],
  ["TaskCompleted", "unused"],
  ["TeammateIdle", "unused"],
  ["InstructionsLoaded", "unused"],
  ["ConfigChange", "unused"],
  ["CwdChanged", "unused"],
  ["FileChanged", "unused"],
  ["WorktreeCreate", "unused"],
  ["WorktreeRemove", "unused"],
  ["Elicitation", "unused"],
  ["ElicitationResult", "unused"],
]);

const TOOLS: ReadonlyMap<string, ToolAction> = new Map<string, ToolAction>([
  ["Read", "read"],
  ["NotebookRead", "read"],
  ["Edit", "edit"],
  ["MultiEdit", "edit"],
  ["NotebookEdit", "edit"],
  ["Write", "create"],
  ["Grep", "search"],
  ["Glob", "search"],
  ["LS", "search"],
  ["ToolSearch", "search"],
  ["WebSearch", "fetch"],
  ["WebFetch", "fetch"],
  ["Bash", "command"],
  ["PowerShell", "command"],
  ["BashOutput", "command"],
  ["TaskOutput", "command"],
  ["Task", "delegate"],
  ["Agent", "delegate"],
  ["AskUserQuestion", "ask"],
  ["TodoWrite", "plan"],
  ["TaskCreate", "plan"],
  ["TaskUpdate", "plan"],
  ["TaskList", "plan"],
  ["EnterPlanMode", "plan"],
  ["ExitPlanMode", "plan"],
]);

export const CLAUDE_CODE: AgentDialect = {
  agent: CLAUDE_CODE_CONNECT.name,
  connect: CLAUDE_CODE_CONNECT,
  homeFolder: ".claude",
  moments: MOMENTS,
  // Not `Stop`: there it would make the agent go on.
  takesContext: new Set(["SessionStart", "UserPromptSubmit", "PostToolUse"]),
  answerForm: "nested",
  showsNotices: true,
  tools: TOOLS,
  isOwnTool: isOwnCall,
  result: (response) => ({ output: toolOutput(response), failed: false }),
  isNotice,
  tasksOf,
};
