/** Codex CLI: Claude Code's form with turns instead of prompts, and patches. Tried with 0.169. */
import type { ToolAction } from "../../memory/event.ts";
import type { AgentDialect, Moment } from "../dialect.ts";
import { isOwnCall } from "../tool-call.ts";
import { toolOutput } from "../tool-output.ts";
import { CODEX_CONNECT } from "./connect.ts";
import { saysItFailed } from "./failing-output.ts";

const MOMENTS: ReadonlyMap<string, Moment> = new Map<string, Moment>([
  ["SessionStart", "session_start"],
  ["SessionEnd", "session_end"],
  ["UserPromptSubmit", "prompt"],
  ["PostToolUse", "tool_use"],
  ["Stop", "turn_end"],
  // Esc: there is no Stop for that turn.
  ["Interrupt", "turn_failed"],
  ["SubagentStop", "subagent_end"],
  ["PreCompact", "note"],
  // Without the summary.
  ["PostCompact", "note"],
  ["PreToolUse", "unused"],
  ["PermissionRequest", "unused"],
  ["Notification", "unused"],
  ["SubagentStart", "unused"],
]);

const TOOLS: ReadonlyMap<string, ToolAction> = new Map<string, ToolAction>([
  ["Bash", "command"],
  ["shell", "command"],
  ["exec_command", "command"],
  ["write_stdin", "command"],
  ["apply_patch", "edit"],
  ["view_image", "read"],
  ["web_search", "fetch"],
  ["spawn_agent", "delegate"],
  ["wait_agent", "delegate"],
  ["request_user_input", "ask"],
  ["update_plan", "plan"],
  ["get_goal", "plan"],
  ["create_goal", "plan"],
  ["update_goal", "plan"],
  ["tool_search", "search"],
]);

/** The editors' extension writes what is open before the request. */
const IDE_BLOCK = /^# Context from my IDE setup:[\s\S]*?\n## My request for Codex:\s*/;
const CLIENT_BLOCKS = /<(environment_context|user_instructions|turn_aborted)>[\s\S]*?<\/\1>\s*/g;
/** How `apply_patch` and the shell of some models begin their report. */
const EXIT_CODE = /^Exit code: (-?[0-9]{1,10})\n(?:Wall time: [^\n]{0,60}\n)?(?:Output:\n)?/;

export const CODEX: AgentDialect = {
  agent: CODEX_CONNECT.name,
  connect: CODEX_CONNECT,
  homeFolder: ".codex",
  moments: MOMENTS,
  takesContext: new Set(["SessionStart", "UserPromptSubmit", "PostToolUse"]),
  answerForm: "nested",
  rename: (body) => (body.turn_id === undefined ? body : { ...body, prompt_id: body.turn_id }),
  tools: TOOLS,
  isOwnTool: isOwnCall,
  result: (response, action) => {
    if (typeof response !== "string") return { output: toolOutput(response), failed: false };
    const exit = EXIT_CODE.exec(response);
    if (exit !== null) {
      return { output: response.slice(exit[0].length), failed: Number(exit[1]) !== 0 };
    }
    // Codex's hooks tell no exit code: only a text that says so itself is a failure.
    return { output: response, failed: action === "command" && saysItFailed(response) };
  },
  personsWords: (prompt) => prompt.replace(IDE_BLOCK, "").replace(CLIENT_BLOCKS, ""),
};
