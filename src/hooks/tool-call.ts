/** A tool call of any agent: what it is about, and which files it touched. */
import type { ToolAction } from "../memory/event.ts";
import { COMMAND_FIELDS, fileOf } from "../memory/tool-fields.ts";
import { truncate } from "../platform/truncate.ts";
import type { ToolFiles } from "./dialect.ts";
import type { Payload } from "./payload.ts";

export const NO_FILES: ToolFiles = { read: [], modified: [] };

/**
 * The name that agents give to a tool of the MCP server called `cairn`: `mcp__cairn__search`,
 * `mcp_cairn_search`, `cairn-search`, `cairn_search`, `cairn___search`, and Claude Code's plugins.
 */
const OWN_TOOL = /^(?:mcp_{1,2})?(?:plugin_cairn_)?cairn(?:_{1,3}|-)/;

/** True for a tool of our own MCP server, by the name that agents make of it. */
export function isOwnToolName(tool: string): boolean {
  return OWN_TOOL.test(tool);
}

/** True for a look at the descriptions of our own tools, where an agent keeps them out of sight. */
export function isOwnCall(
  tool: string,
  { tool_input: input }: Pick<Payload, "tool_input">,
): boolean {
  if (isOwnToolName(tool)) return true;
  return (
    /^tool_?search$/i.test(tool) && /(?:^|[^a-z])cairn(?:[^a-z]|$)/.test(JSON.stringify(input))
  );
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The fields that say what a call is about, where it is about no file. */
const SUBJECT_FIELDS = [
  ...COMMAND_FIELDS,
  "pattern",
  "dir_path",
  "query",
  "url",
  "description",
  "prompt",
];
const TARGET_MAX_CHARS = 300;

/**
 * The file, command, pattern, address or question that a call is about. `input` is sanitised;
 * `files` are those that only the call's text names.
 */
export function targetOf(input: Record<string, unknown>, files: readonly string[]): string {
  const file = fileOf(input) ?? files[0] ?? null;
  if (file !== null && typeof input.pattern !== "string") return truncate(file, TARGET_MAX_CHARS);
  for (const field of SUBJECT_FIELDS) {
    const value = input[field];
    if (typeof value === "string" && value !== "") return truncate(value, TARGET_MAX_CHARS);
  }
  return file === null ? "" : truncate(file, TARGET_MAX_CHARS);
}

/** A path whose last part has an ending: a file, not a folder. */
const FILE_LIKE = /[^/\\.][^/\\]*\.[^/\\.]+$/;

/**
 * The files that a call's fields name. A shell command may touch anything, so nothing is claimed
 * for it. A search's path counts where it is a file's.
 */
export function filesOf(action: ToolAction, input: Record<string, unknown>): ToolFiles {
  const path = fileOf(input);
  if (path === null) return NO_FILES;
  if (action === "edit" || action === "create") return { read: [], modified: [path] };
  const reads = action === "read" || (action === "search" && FILE_LIKE.test(path));
  return { read: reads ? [path] : [], modified: [] };
}
