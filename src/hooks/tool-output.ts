/**
 * What a tool gave back, as the text that tells most: what a command printed, the
 * patch instead of the whole file, the answer instead of its envelope. Told apart by shape, because
 * other tools share the shapes; what is not known stays JSON.
 */
import { TEXT_CUT } from "../platform/long-text.ts";
import { imageName } from "../privacy/sanitise.ts";

type Fields = Record<string, unknown>;

/** Longest list of lines, hunks or blocks that is gone through. */
const ITEMS_MAX = 2_000;

/** Text, or the value itself where no shape fits: the sanitiser makes JSON of it. */
export function toolOutput(response: unknown): unknown {
  if (response === null || response === undefined) return "";
  if (Array.isArray(response)) return blocksText(response) ?? response;
  if (typeof response !== "object") return typeof response === "string" ? response : `${response}`;
  const fields = response as Fields;
  return (
    imageName(fields) ??
    commandText(fields) ??
    patchText(fields) ??
    fileText(fields) ??
    foundText(fields) ??
    answersText(fields) ??
    taskText(fields) ??
    fetchedText(fields) ??
    contentText(fields) ??
    response
  );
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function record(value: unknown): Fields | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : null;
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part.trim() !== "").join("\n");
}

/** Bash: what it printed, then its errors, then what the agent was told about its end. */
function commandText(fields: Fields): string | null {
  if (typeof fields.stdout !== "string" && typeof fields.stderr !== "string") return null;
  const background = text(fields.backgroundTaskId);
  return joined([
    text(fields.stdout),
    text(fields.stderr),
    text(fields.returnCodeInterpretation),
    fields.interrupted === true ? "[interrupted]" : "",
    background === "" ? "" : `[goes on in the background as ${background}]`,
  ]);
}

/** Edit, MultiEdit, Write: a unified patch; for a new file its number of lines. */
function patchText(fields: Fields): string | null {
  if (!Array.isArray(fields.structuredPatch)) return null;
  const hunks = fields.structuredPatch.slice(0, ITEMS_MAX).map(hunkText);
  const told = fields.userModified === true ? ["[the user changed it before it was applied]"] : [];
  if (hunks.length > 0) return joined([...hunks, ...told]);
  const content = text(fields.content);
  if (content !== "") {
    return joined([
      `[${fields.originalFile ? "rewritten" : "created"}, ${lines(content)}]`,
      ...told,
    ]);
  }
  if (text(fields.oldString) === "" && text(fields.newString) === "") return joined(told);
  return joined([prefixed(text(fields.oldString), "-"), prefixed(text(fields.newString), "+")]);
}

function hunkText(hunk: unknown): string {
  const fields = record(hunk);
  if (fields === null || !Array.isArray(fields.lines)) return "";
  const place = `@@ -${fields.oldStart},${fields.oldLines} +${fields.newStart},${fields.newLines} @@`;
  return [place, ...fields.lines.slice(0, ITEMS_MAX).map(text)].join("\n");
}

function prefixed(body: string, sign: string): string {
  return body === "" ? "" : body.replace(/^/gm, sign);
}

function lines(body: string): string {
  const count = body.split("\n").length - (body.endsWith("\n") ? 1 : 0);
  if (TEXT_CUT.test(body)) return `more than ${count} lines`;
  return count === 1 ? "1 line" : `${count} lines`;
}

/** Read: the content; a part of a file says which. */
function fileText(fields: Fields): string | null {
  const file = record(fields.file);
  if (file === null || typeof file.content !== "string") return null;
  const { startLine, numLines, totalLines } = file;
  if (typeof startLine !== "number" || typeof numLines !== "number") return file.content;
  if (typeof totalLines !== "number" || numLines >= totalLines) return file.content;
  return `[lines ${startLine}-${startLine + numLines - 1} of ${totalLines}]\n${file.content}`;
}

/** Grep and Glob: the lines found, or the names of the files. */
function foundText(fields: Fields): string | null {
  if (!Array.isArray(fields.filenames)) return null;
  const names = fields.filenames.slice(0, ITEMS_MAX).map(text);
  const found = joined([text(fields.content), ...names]);
  const more = fields.truncated === true ? "[there are more]" : "";
  return found === "" ? "[nothing found]" : joined([found, more]);
}

/** AskUserQuestion: what a person decided. */
function answersText(fields: Fields): string | null {
  const answers = record(fields.answers);
  if (answers === null) return null;
  return joined(
    Object.entries(answers)
      .slice(0, ITEMS_MAX)
      .map(([question, answer]) => `${question} -> ${answerText(answer)}`),
  );
}

/** One answer or a choice of several. Not as JSON, which gives up on what is nested very deep. */
function answerText(answer: unknown): string {
  if (!Array.isArray(answer)) return text(answer);
  const chosen = answer.slice(0, ITEMS_MAX).map(text);
  return chosen.filter((part) => part !== "").join(", ");
}

/** TaskOutput: the background task's state and what it printed. */
function taskText(fields: Fields): string | null {
  const task = record(fields.task);
  if (task === null) return null;
  const exit = typeof task.exitCode === "number" ? `, exit code ${task.exitCode}` : "";
  const state = `[${joined([text(task.description), text(task.status)]).replace("\n", ": ")}${exit}]`;
  return joined([state, text(task.output) || text(task.result)]);
}

/** WebFetch: the answer; a status that is no success is told. */
function fetchedText(fields: Fields): string | null {
  if (typeof fields.result !== "string") return null;
  const failed = typeof fields.code === "number" && fields.code >= 400;
  return joined([failed ? `[HTTP ${fields.code}]` : "", fields.result]);
}

/** Subagents and MCP tools: text blocks; images by name. */
function contentText(fields: Fields): string | null {
  if (Array.isArray(fields.content)) return blocksText(fields.content);
  return typeof fields.content === "string" ? fields.content : null;
}

function blocksText(blocks: readonly unknown[]): string | null {
  const parts: string[] = [];
  for (const block of blocks.slice(0, ITEMS_MAX)) {
    const fields = record(block);
    if (fields === null) return null;
    const part = typeof fields.text === "string" ? fields.text : imageName(fields);
    if (part === null) return null;
    parts.push(part);
  }
  return parts.length === 0 ? null : joined(parts);
}
