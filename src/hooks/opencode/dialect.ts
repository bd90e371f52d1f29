/** OpenCode: the payloads of our own plugin in it. Tried with 1.18. */
import type { ToolAction } from "../../memory/event.ts";
import { CLAUDE_CODE } from "../claude-code/dialect.ts";
import type { AgentDialect } from "../dialect.ts";
import { shellResult } from "../shell-report.ts";
import { isOwnCall, isRecord } from "../tool-call.ts";
import { toolOutput } from "../tool-output.ts";
import { OPENCODE_CONNECT } from "./connect.ts";

const TOOLS: ReadonlyMap<string, ToolAction> = new Map<string, ToolAction>([
  ["read", "read"],
  ["edit", "edit"],
  ["multiedit", "edit"],
  ["patch", "edit"],
  ["apply_patch", "edit"],
  ["write", "create"],
  ["grep", "search"],
  ["glob", "search"],
  ["list", "search"],
  ["codesearch", "search"],
  ["lsp", "search"],
  ["bash", "command"],
  ["webfetch", "fetch"],
  ["websearch", "fetch"],
  ["task", "delegate"],
  ["question", "ask"],
  ["todowrite", "plan"],
  ["todoread", "plan"],
  ["plan_exit", "plan"],
]);

/** A file as the read tool gives it to the model: numbered lines in an envelope. */
const FILE_ENVELOPE =
  /^<path>[^\n]{0,4096}<\/path>\n<type>file<\/type>\n<content>\n([\s\S]*?)\n?<\/content>/;
const LINE_NUMBER = /^\s{0,8}\d{1,7}: ?/gm;
const END_OF_FILE = /\n*\((?:End of file|File has more lines)[^\n]{0,200}\)\s*$/;
/** `opencode run` puts its arguments in quotes. */
const QUOTED = /^"([^"]*)"$/;

export const OPENCODE: AgentDialect = {
  agent: OPENCODE_CONNECT.name,
  connect: OPENCODE_CONNECT,
  moments: CLAUDE_CODE.moments,
  takesContext: new Set(["SessionStart", "UserPromptSubmit", "PostToolUse"]),
  answerForm: "nested",
  tools: TOOLS,
  isOwnTool: isOwnCall,
  result: (response) => {
    if (!isRecord(response)) return { output: toolOutput(response), failed: false };
    const { output, exit, diff } = response;
    if (typeof diff === "string" && diff !== "") return { output: diff, failed: false };
    if (typeof output !== "string") return { output: toolOutput(response), failed: false };
    if (typeof exit === "number") return shellResult(output, exit);
    const file = FILE_ENVELOPE.exec(output)?.[1];
    if (file === undefined) return { output, failed: false };
    return { output: file.replace(END_OF_FILE, "").replace(LINE_NUMBER, ""), failed: false };
  },
  personsWords: (prompt) => QUOTED.exec(prompt.trim())?.[1] ?? prompt,
};
