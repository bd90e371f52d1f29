/** Which files a tool of Claude Code read or modified: from its own input, as the agent wrote them. */

export interface ToolFiles {
  read: string[];
  modified: string[];
}

const READS: ReadonlySet<string> = new Set(["Read", "NotebookRead"]);
const MODIFIES: ReadonlySet<string> = new Set(["Edit", "MultiEdit", "Write", "NotebookEdit"]);

/**
 * The files of a call that succeeded; one that failed touched none. A shell command may touch
 * anything, so nothing is claimed for it. Grep's path counts where it is a file's.
 */
export function toolFiles(tool: string, input: Record<string, unknown>): ToolFiles {
  const path = pathOf(input);
  if (path === null) return { read: [], modified: [] };
  if (MODIFIES.has(tool)) return { read: [], modified: [path] };
  const reads = READS.has(tool) || (tool === "Grep" && /[^/\\.][^/\\]*\.[^/\\.]+$/.test(path));
  return { read: reads ? [path] : [], modified: [] };
}

/** The path that a tool's input names, whichever tool it is. */
export function pathOf(input: Record<string, unknown>): string | null {
  for (const field of ["file_path", "notebook_path", "path"]) {
    const value = input[field];
    if (typeof value === "string" && value !== "") return value;
  }
  return null;
}
