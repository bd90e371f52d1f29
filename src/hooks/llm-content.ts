/** Tool results of Gemini CLI and of Qwen Code, its fork: `{llmContent, returnDisplay, error?}`. */
import type { ToolAction } from "../memory/event.ts";
import type { ToolResult } from "./dialect.ts";
import { readShellReport } from "./shell-report.ts";
import { isRecord } from "./tool-call.ts";
import { toolOutput } from "./tool-output.ts";

/** Gemini CLI wraps what comes from outside, so that its model takes it for data. */
const ENVELOPE = /^\s*<untrusted_context>\n?([\s\S]*?)\n?<\/untrusted_context>\s*$/;

/** The result as the text that tells most: a patch instead of whole files, a report taken apart. */
export function llmContentResult(response: unknown, action: ToolAction): ToolResult {
  if (typeof response === "string") return fromText(response, action);
  if (!isRecord(response)) return { output: toolOutput(response), failed: false };
  const { llmContent, returnDisplay, error } = response;
  if (isRecord(error) && typeof error.message === "string") {
    return { output: error.message, failed: true };
  }
  // The display also holds the file before and after, whole.
  if (isRecord(returnDisplay) && typeof returnDisplay.fileDiff === "string") {
    return { output: returnDisplay.fileDiff, failed: false };
  }
  if (llmContent === undefined) return { output: toolOutput(response), failed: false };
  const text = toolOutput(llmContent);
  if (typeof text !== "string") return { output: text, failed: false };
  const result = fromText(text, action);
  // The display is what the command printed: an exit code that stands there is not its own.
  const isPrinted = result.failed && EXIT_CODE.test(displayed(returnDisplay));
  return isPrinted ? { output: displayed(returnDisplay), failed: false } : result;
}

const EXIT_CODE = /^Exit Code: -?\d+\s*$/m;

/** A display as text: a terminal's is lines of cells. */
function displayed(display: unknown): string {
  if (typeof display === "string") return display;
  if (!Array.isArray(display)) return "";
  const lines = display.filter((line): line is unknown[] => Array.isArray(line));
  const textOf = (cell: unknown) => (isRecord(cell) ? String(cell.text ?? "") : "");
  return lines.map((line) => line.map(textOf).join("").trimEnd()).join("\n");
}

function fromText(text: string, action: ToolAction): ToolResult {
  const inner = ENVELOPE.exec(text)?.[1] ?? text;
  const report = action === "command" ? readShellReport(inner) : null;
  return report ?? { output: inner, failed: false };
}
