/** A tool event seen as what the agent did, told by the shape of its input and not by the tool's name. */
import type { StoredEvent, ToolBody } from "../../memory/event.ts";
import { relativePath, withoutRoot } from "../../memory/paths.ts";
import { COMMAND_FIELDS, CONTENT_FIELDS, fileOf, replacementOf } from "../../memory/tool-fields.ts";
import { type Change, changeBetween, changeOfPatch } from "./changes.ts";
import { type CommandOutcome, outcomeOf } from "./commands.ts";
import { LINE_NUMBER } from "./definitions.ts";
import { withoutColours } from "./prose.ts";
import { programsOf } from "./shell.ts";

export type ActivityKind =
  | "create"
  | "edit"
  | "read"
  | "search"
  | "command"
  | "fetch"
  | "delegate"
  | "ask"
  | "other";

export interface Activity {
  key: string;
  at: number;
  kind: ActivityKind;
  tool: string;
  failed: boolean;
  /** The file it is about, relative to the session's folder; null where it is about none. */
  path: string | null;
  /** A command line, a search pattern, an address or a question. */
  subject: string;
  /** What the agent said it is for, where it said so. */
  purpose: string | null;
  /** For created files the content, else what came back. */
  text: string;
  /** Of edits. */
  change: Change | null;
  /** Of commands. */
  outcome: CommandOutcome | null;
  programs: string[];
}

type ToolEvent = Extract<StoredEvent, { body: ToolBody }>;

/** True for events of tools, failed or not. */
export function isToolEvent(event: StoredEvent): event is ToolEvent {
  return event.kind === "tool_use" || event.kind === "tool_failure";
}

function stringOf(input: Record<string, unknown>, ...names: readonly string[]): string | null {
  for (const name of names) {
    const value = input[name];
    if (typeof value === "string" && value !== "") return value;
    if (
      Array.isArray(value) &&
      value.every((part) => typeof part === "string") &&
      value.length > 0
    ) {
      return value.join(" ");
    }
  }
  return null;
}

/** The questions that an agent asked a person, in one line. */
function questionsOf(input: Record<string, unknown>): string | null {
  if (!Array.isArray(input.questions)) return null;
  const questions = (input.questions as unknown[]).flatMap((entry) =>
    typeof entry === "object" && entry !== null
      ? (stringOf(entry as Record<string, unknown>, "question") ?? [])
      : [],
  );
  return questions.length === 0 ? null : questions.join(" ");
}

/** Old and new text of one edit or of a list of edits. */
function replacedText(input: Record<string, unknown>): { before: string; after: string } | null {
  const edits = Array.isArray(input.edits) ? (input.edits as unknown[]) : [input];
  const before: string[] = [];
  const after: string[] = [];
  for (const edit of edits) {
    if (typeof edit !== "object" || edit === null) continue;
    const replaced = replacementOf(edit as Record<string, unknown>);
    before.push(replaced.before);
    after.push(replaced.after);
  }
  return after.some((text) => text !== "") || before.some((text) => text !== "")
    ? { before: before.join("\n"), after: after.join("\n") }
    : null;
}

function kindOf(body: ToolBody, command: string | null): ActivityKind {
  const { input } = body;
  if (stringOf(input, ...CONTENT_FIELDS) !== null && pathOf(body) !== null) {
    // A patch came back: there was a file before.
    return /^@@ /m.test(body.output) ? "edit" : "create";
  }
  if (body.files_modified.length > 0 || replacedText(input) !== null) return "edit";
  if (command !== null) return "command";
  if (stringOf(input, "pattern", "query", "regex") !== null) return "search";
  if (stringOf(input, "url") !== null) return "fetch";
  if (input.questions !== undefined || stringOf(input, "question") !== null) return "ask";
  if (body.files_read.length > 0 || pathOf(body) !== null) return "read";
  if (stringOf(input, "prompt") !== null) return "delegate";
  return "other";
}

function pathOf(body: ToolBody): string | null {
  return body.files_modified[0] ?? body.files_read[0] ?? fileOf(body.input);
}

/** The activity behind a tool event. `root` is the session's folder. */
export function activityOf(event: ToolEvent, root: string | null): Activity {
  const { body } = event;
  const { input } = body;
  const strip = (text: string) => withoutRoot(root, text);
  const command = stringOf(input, ...COMMAND_FIELDS);
  const kind = kindOf(body, command);
  const path = pathOf(body);
  const shown = path === null ? null : relativePath(root, path);
  const failed = event.kind === "tool_failure";
  const output = withoutColours(strip(body.output));
  const replaced = kind === "edit" ? replacedText(input) : null;
  const content = stringOf(input, ...CONTENT_FIELDS);
  let change: Change | null = null;
  if (kind === "edit" && replaced !== null) {
    change = changeBetween(replaced.before, replaced.after, shown ?? "");
  } else if (kind === "edit") {
    change = changeOfPatch(command ?? stringOf(input, "patch", "input") ?? output, shown ?? "");
  }
  const subject =
    command ??
    questionsOf(input) ??
    stringOf(input, "pattern", "query", "regex", "url", "question", "description", "prompt") ??
    "";
  return {
    key: event.key,
    at: event.at,
    kind,
    tool: body.tool,
    failed,
    path: shown,
    subject: strip(subject),
    purpose: stringOf(input, "description"),
    text:
      kind === "create"
        ? strip(content ?? "")
        : kind === "read"
          ? output.replace(new RegExp(LINE_NUMBER.source, "gm"), "")
          : output,
    change,
    outcome: kind === "command" ? outcomeOf(command ?? "", output, failed) : null,
    programs: kind === "command" ? programsOf(command ?? "") : [],
  };
}

/** True where the activity left nothing behind and told nothing. */
export function isEmpty(activity: Activity): boolean {
  const silent = activity.text.trim().length < 3;
  if (activity.kind === "search" || activity.kind === "read") return silent;
  return activity.kind === "other" && silent && activity.purpose === null;
}
