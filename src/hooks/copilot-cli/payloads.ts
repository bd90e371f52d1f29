/** The forms of Copilot CLI's payloads, made into one. */
import { isRecord } from "../tool-call.ts";

type Fields = Record<string, unknown>;

/** Fields in camelCase and what they are called here. */
const FIELD_NAMES: ReadonlyMap<string, string> = new Map([
  ["hookEventName", "hook_event_name"],
  ["toolName", "tool_name"],
  ["toolArgs", "tool_input"],
  ["toolInput", "tool_input"],
  ["toolResult", "tool_result"],
  ["toolResponse", "tool_response"],
  ["toolUseId", "tool_use_id"],
  ["initialPrompt", "initial_prompt"],
  ["stopReason", "stop_reason"],
  ["transcriptPath", "transcript_path"],
  ["agentId", "agent_id"],
  ["agentType", "agent_type"],
  ["parentAgentId", "parent_agent_id"],
  ["lastAssistantMessage", "last_assistant_message"],
]);

/** The payload with Claude Code's names of fields and, where it has none, its hook's name. */
export function renameFields(body: Fields): Fields {
  const named: Fields = {};
  for (const [field, value] of Object.entries(body)) {
    named[FIELD_NAMES.get(field) ?? field] = value;
  }
  named.hook_event_name ??= hookNameOf(named);
  const result = named.tool_result;
  if (result !== undefined && named.tool_response === undefined) {
    named.tool_response = isRecord(result)
      ? {
          result_type: result.result_type ?? result.resultType,
          text_result_for_llm: result.text_result_for_llm ?? result.textResultForLlm,
        }
      : result;
  }
  inParent(named);
  // "new" is its word for a session that begins.
  if (named.source === "new") named.source = "startup";
  const line = named._transcript_line;
  if (named.last_assistant_message === undefined && line !== undefined) {
    named.last_assistant_message = messageOf(line) ?? "";
  }
  return named;
}

/**
 * A sub-agent sends as a session of its own, with a prompt that its parent wrote and a stop, behind
 * which the parent's `SubagentStop` tells the same. What it did belongs to the parent's turn.
 */
function inParent(named: Fields): void {
  const { parent_agent_id: parent, agent_id: agent, session_id: session } = named;
  if (typeof parent !== "string" || agent === undefined || agent !== session) return;
  named.session_id = parent;
  if (OF_A_SESSION.has(String(named.hook_event_name))) named.hook_event_name = "SubagentStart";
}

/** What only says something of the session that a person works in. */
const OF_A_SESSION: ReadonlySet<string> = new Set([
  "SessionStart",
  "UserPromptSubmit",
  "Stop",
  "SessionEnd",
]);

/** Which hook a payload in camelCase is of: only its fields tell. */
function hookNameOf(fields: Fields): string | null {
  const has = (field: string) => fields[field] !== undefined;
  if (has("hookName")) return "PermissionRequest";
  if (has("tool_name")) {
    if (has("tool_result")) return "PostToolUse";
    return has("error") ? "PostToolUseFailure" : "PreToolUse";
  }
  if (has("transformedPrompt")) return "UserPromptTransformed";
  if (has("prompt")) return "UserPromptSubmit";
  if (has("stop_reason")) return "Stop";
  if (has("source")) return "SessionStart";
  if (has("reason")) return "SessionEnd";
  return null;
}

/**
 * The Stop hook has no closing message, but its command sends the transcript's last line after the
 * payload. A body of several lines is given as a list.
 */
export function closingMessage(body: unknown): unknown[] {
  if (!Array.isArray(body)) return [body];
  const payloads: unknown[] = [];
  for (const part of body as unknown[]) {
    const last = payloads.at(-1);
    if (isTranscriptLine(part) && isRecord(last)) last._transcript_line = part;
    else payloads.push(isRecord(part) ? { ...part } : part);
  }
  return payloads;
}

function isTranscriptLine(value: unknown): boolean {
  return isRecord(value) && value.type === "assistant.message" && isRecord(value.data);
}

/** What a line of the transcript says. */
function messageOf(line: unknown): string | null {
  if (!isRecord(line) || !isRecord(line.data)) return null;
  return typeof line.data.content === "string" ? line.data.content : null;
}

/**
 * True for a payload that Copilot CLI or VS Code sends and Claude Code does not: with a time and
 * without the path of a transcript, with Copilot's own fields, or in camelCase.
 */
export function isCopilotPayload(body: unknown): boolean {
  const first = Array.isArray(body) ? (body as unknown[])[0] : body;
  if (!isRecord(first)) return false;
  if (typeof first.sessionId === "string" && first.session_id === undefined) return true;
  if (isRecord(first.tool_result) || first.stop_reason !== undefined) return true;
  return (
    typeof first.timestamp === "string" &&
    first.prompt_id === undefined &&
    first.transcript_path === undefined
  );
}
