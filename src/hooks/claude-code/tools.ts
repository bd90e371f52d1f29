/** The tools of Claude Code: what each does, and which files a call touched. */
import type { ToolAction } from "../../memory/event.ts";
import { COMMAND_FIELDS, fileOf } from "../../memory/tool-fields.ts";
import { truncate } from "../../platform/truncate.ts";

const ACTIONS: ReadonlyMap<string, ToolAction> = new Map([
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

/** Tools of our own MCP server: what they recall or save is known, and must not be learnt again. */
const OWN_TOOL = /^mcp__(?:plugin_cairn_)?cairn__/;

/** What a call did. A tool that is not listed is told by nothing but its input: `other`. */
export function actionOf(tool: string): ToolAction {
  if (OWN_TOOL.test(tool)) return "own";
  return ACTIONS.get(tool) ?? "other";
}

/** The fields that say what a call is about, where it is about no file. */
const SUBJECT_FIELDS = [...COMMAND_FIELDS, "pattern", "query", "url", "description", "prompt"];
const TARGET_MAX_CHARS = 300;

/** The file, command, pattern, address or question that a call is about. `input` is sanitised. */
export function targetOf(input: Record<string, unknown>): string {
  const file = fileOf(input);
  if (file !== null && typeof input.pattern !== "string") return truncate(file, TARGET_MAX_CHARS);
  for (const field of SUBJECT_FIELDS) {
    const value = input[field];
    if (typeof value === "string" && value !== "") return truncate(value, TARGET_MAX_CHARS);
  }
  return file === null ? "" : truncate(file, TARGET_MAX_CHARS);
}

/** Paths as the agent wrote them. */
export interface ToolFiles {
  read: string[];
  modified: string[];
}

/** A path whose last part has an ending: a file, not a folder. */
const FILE_LIKE = /[^/\\.][^/\\]*\.[^/\\.]+$/;

/**
 * The files of a call that succeeded; one that failed touched none. A shell command may touch
 * anything, so nothing is claimed for it. A search's path counts where it is a file's.
 */
export function filesOf(action: ToolAction, input: Record<string, unknown>): ToolFiles {
  const path = fileOf(input);
  if (path === null) return { read: [], modified: [] };
  if (action === "edit" || action === "create") return { read: [], modified: [path] };
  const reads = action === "read" || (action === "search" && FILE_LIKE.test(path));
  return { read: reads ? [path] : [], modified: [] };
}
