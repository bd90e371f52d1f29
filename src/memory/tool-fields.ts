/** Names that agents' tools give to what they are about: the one list of them. */

/** Fields that hold a shell command, as text or as a list of words. */
export const COMMAND_FIELDS = ["command", "cmd", "script"] as const;

/** Fields that name one file, in the order in which they are believed. */
const FILE_FIELDS = ["file_path", "notebook_path", "path", "filePath", "absolute_path"] as const;

/** Fields that hold what an edit replaces, and what it puts there, in the order of belief. */
const REPLACED_FIELDS = ["old_string", "oldString", "old_str", "old_text", "oldText", "search"];
const REPLACEMENT_FIELDS = [
  "new_string",
  "newString",
  "new_str",
  "new_text",
  "newText",
  "new_source",
  "replace",
];
/** Fields that hold a file's whole new content. */
export const CONTENT_FIELDS = ["content", "file_text", "contents"] as const;

/** What one edit of a tool's input replaces, and by what; empty where it does not say. */
export function replacementOf(edit: Record<string, unknown>): { before: string; after: string } {
  const first = (fields: readonly string[]) =>
    fields.map((field) => edit[field]).find((text) => typeof text === "string" && text !== "");
  const [before, after] = [first(REPLACED_FIELDS), first(REPLACEMENT_FIELDS)];
  return {
    before: typeof before === "string" ? before : "",
    after: typeof after === "string" ? after : "",
  };
}

/** The file that a tool's input names, whichever tool it is; null where it names none. */
export function fileOf(input: Record<string, unknown>): string | null {
  for (const field of FILE_FIELDS) {
    const value = input[field];
    if (typeof value === "string" && value !== "") return value;
  }
  return null;
}
