/** Names that agents' tools give to what they are about: the one list of them. */

/** Fields that hold a shell command, as text or as a list of words. */
export const COMMAND_FIELDS = ["command", "cmd", "script"] as const;

/** Fields that name one file, in the order in which they are believed. */
const FILE_FIELDS = ["file_path", "notebook_path", "path", "filePath", "absolute_path"] as const;

/** The file that a tool's input names, whichever tool it is; null where it names none. */
export function fileOf(input: Record<string, unknown>): string | null {
  for (const field of FILE_FIELDS) {
    const value = input[field];
    if (typeof value === "string" && value !== "") return value;
  }
  return null;
}
