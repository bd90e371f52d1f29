/** Pi: the payloads of our own extension in it. Tried with 0.74. */
import type { ToolAction } from "../../memory/event.ts";
import { CLAUDE_CODE } from "../claude-code/dialect.ts";
import type { AgentDialect } from "../dialect.ts";
import { isOwnCall } from "../tool-call.ts";
import { toolOutput } from "../tool-output.ts";
import { PI_CONNECT } from "./connect.ts";

const TOOLS: ReadonlyMap<string, ToolAction> = new Map<string, ToolAction>([
  ["read", "read"],
  ["edit", "edit"],
  ["write", "create"],
  ["grep", "search"],
  ["find", "search"],
  ["ls", "search"],
  ["bash", "command"],
]);

export const PI: AgentDialect = {
  agent: PI_CONNECT.name,
  connect: PI_CONNECT,
  moments: CLAUDE_CODE.moments,
  takesContext: new Set(["SessionStart", "UserPromptSubmit", "PostToolUse"]),
  answerForm: "nested",
  tools: TOOLS,
  isOwnTool: isOwnCall,
  // Its extension tells failures itself, exit codes among them.
  result: (response) => ({ output: toolOutput(response), failed: false }),
};
