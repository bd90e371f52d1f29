/** Names that agents' tools give to what they are about: the one list of them. */

/** Fields of a tool's input that name a file or a set of files. */
export const PATH_FIELDS = [
  "file_path",
  "path",
  "notebook_path",
  "filePath",
  "filename",
  "file",
  "absolute_path",
  "absolutePath",
  "target_file",
  "glob",
] as const;

/** Fields that name several files. */
export const PATH_LIST_FIELDS = ["paths", "files", "file_paths"] as const;

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
