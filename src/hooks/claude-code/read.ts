/**
 * Claude Code's hooks: a payload in, what it asks for out. Unknown fields and events are tolerated,
 * and so are optional fields of a wrong type: a hook must never make the agent's turn fail.
 */
import { z } from "zod";
import type { EventContent, IncomingEvent, SkipReason } from "../../memory/event.ts";
import { eventIdentity, usableId } from "../../memory/event-identity.ts";
import { isSessionId, SESSION_ID_MAX_CHARS } from "../../memory/session-name.ts";
import { ignoredFile } from "../../privacy/ignored-files.ts";
import { isPrivatePrompt } from "../../privacy/private-tags.ts";
import { type RawTextEvent, type RawToolEvent, sanitise } from "../../privacy/sanitise.ts";
import {
  eventTime,
  type HookAction,
  type HookContext,
  type SessionSource,
} from "../hook-action.ts";
import { pathOf, toolFiles } from "./tool-files.ts";
import { toolOutput } from "./tool-output.ts";

export type { HookAction } from "../hook-action.ts";

const optionalText = z.string().nullable().catch(null);
const text = z.string().catch("");
/** Longest working folder that is believed: what Linux allows as a path. */
const CWD_MAX_CHARS = 4_096;

const PayloadSchema = z.object({
  session_id: z.unknown().optional(),
  hook_event_name: z.string().min(1).max(200).nullable().catch(null),
  cwd: z.string().max(CWD_MAX_CHARS).catch(""),
  prompt_id: optionalText.transform(usableId),
  agent_id: optionalText,
  agent_type: optionalText,
  // UserPromptSubmit
  prompt: text,
  // PostToolUse, PostToolUseFailure
  tool_name: text,
  tool_input: z.unknown().optional(),
  tool_response: z.unknown().optional(),
  tool_use_id: optionalText,
  error: z.unknown().optional(),
  is_interrupt: z.boolean().catch(false),
  // Stop, SubagentStop
  last_assistant_message: text,
  // PostCompact
  compact_summary: text,
  trigger: optionalText,
  // SessionStart, SessionEnd
  source: z.enum(["startup", "resume", "clear", "compact", "fork"]).catch("startup"),
  reason: text,
});

type Payload = z.infer<typeof PayloadSchema>;

/** Known, and of no use to the memory. */
const UNUSED_EVENTS: ReadonlySet<string> = new Set([
  "Setup",
  "PreToolUse",
  "PermissionRequest",
  "PermissionDenied",
  "Notification",
  "SubagentStart",
  "PostToolBatch",
  "UserPromptExpansion",
  "TaskCreated",
  "TaskCompleted",
  "TeammateIdle",
  "InstructionsLoaded",
  "ConfigChange",
  "CwdChanged",
  "FileChanged",
  "WorktreeCreate",
  "WorktreeRemove",
  "Elicitation",
  "ElicitationResult",
]);

/** What Claude Code's hook payload asks for. Never throws; `payload` is any parsed JSON. */
export function adaptClaudeCode(payload: unknown, context: HookContext): HookAction {
  const parsed = PayloadSchema.safeParse(payload);
  if (!parsed.success || Array.isArray(payload)) {
    return invalid("not_an_object", "the body has to be the hook's payload, a JSON object");
  }
  const hook = parsed.data;
  if (hook.hook_event_name === null) {
    return invalid(
      "no_hook_event_name",
      "the payload has no hook_event_name: send Claude Code's hook payload as it is",
    );
  }
  if (!isSessionId(hook.session_id)) {
    return invalid(
      "invalid_session_id",
      `session_id has to be a string of 1 to ${SESSION_ID_MAX_CHARS} printable characters`,
    );
  }
  const at = eventTime(context.at, context.now);
  return {
    hookEventName: hook.hook_event_name,
    sessionId: hook.session_id,
    cwd: hook.cwd === "" ? null : hook.cwd,
    at,
    ...adaptEvent(hook.hook_event_name, hook, { ...context, time: at }),
  };
}

/** The context with the event's time read from it. */
type TimedContext = HookContext & { time: number };

function invalid(code: string, message: string): HookAction {
  return { do: "invalid", code, message };
}

/** An action without the fields that all of them share. */
type EventAction =
  | { do: "event"; event: IncomingEvent }
  | { do: "private_prompt" | "turn_failed"; promptId: string | null }
  | { do: "session_start"; source: SessionSource }
  | { do: "session_end"; reason: string }
  | { do: "note" | "ignore" }
  | { do: "unknown" };

function adaptEvent(name: string, hook: Payload, context: TimedContext): EventAction {
  switch (name) {
    case "SessionStart":
      return { do: "session_start", source: hook.source };
    case "SessionEnd":
      return { do: "session_end", reason: hook.reason.slice(0, 100) };
    case "UserPromptSubmit":
      return isPrivatePrompt(hook.prompt)
        ? { do: "private_prompt", promptId: hook.prompt_id }
        : textEvent({ kind: "prompt", text: hook.prompt, label: null }, hook, context);
    case "PostToolUse":
      return toolEvent("tool_use", hook, context);
    case "PostToolUseFailure":
      return toolEvent("tool_failure", hook, context);
    case "Stop":
      return textEvent(
        { kind: "turn_end", text: hook.last_assistant_message, label: null },
        hook,
        context,
      );
    case "StopFailure":
      return { do: "turn_failed", promptId: hook.prompt_id };
    case "SubagentStop":
      // Internal forks have an empty type; versions that send none mean a real subagent.
      return hook.agent_type === ""
        ? { do: "ignore" }
        : textEvent(
            { kind: "subagent_end", text: hook.last_assistant_message, label: hook.agent_type },
            hook,
            context,
          );
    case "PreCompact":
      return { do: "note" };
    case "PostCompact":
      return textEvent(
        { kind: "compaction", text: hook.compact_summary, label: hook.trigger },
        hook,
        context,
      );
    default:
      return UNUSED_EVENTS.has(name) ? { do: "ignore" } : { do: "unknown" };
  }
}

function textEvent(raw: RawTextEvent, hook: Payload, context: TimedContext): EventAction {
  const content = sanitise(raw);
  const body = "text" in content.body ? content.body.text : "";
  // An empty closing message still ends its turn; there is only nothing to learn from it.
  return incoming(content, body, body === "" ? "empty" : null, hook, context);
}

/** Tools of our own MCP server: what they recall or save is known, and must not be learnt again. */
const OWN_TOOL = /^mcp__(?:plugin_cairn_)?cairn__/;

function toolEvent(kind: RawToolEvent["kind"], hook: Payload, context: TimedContext): EventAction {
  const input = inputFields(hook.tool_input);
  const own = OWN_TOOL.test(hook.tool_name);
  const ignored = own || ignoredFile(input, context.ignoreGlobs);
  const files = kind === "tool_use" ? toolFiles(hook.tool_name, input) : { read: [], modified: [] };
  const content = sanitise({
    kind,
    tool: hook.tool_name || "unknown",
    input: ignored ? pathOnly(input) : input,
    output: ignored ? "" : rawOutput(kind, hook),
    filesRead: files.read,
    filesModified: files.modified,
    agentType: hook.agent_type,
    ignoreGlobs: context.ignoreGlobs,
  });
  const told = JSON.stringify(content.body);
  const skip = own ? "internal" : ignored ? "ignored" : null;
  return incoming(content, told, skip, hook, context);
}

function rawOutput(kind: RawToolEvent["kind"], hook: Payload): unknown {
  const output = toolOutput(kind === "tool_use" ? hook.tool_response : hook.error);
  return hook.is_interrupt && typeof output === "string"
    ? `[interrupted by the user]\n${output}`
    : output;
}

/** Of a call on an ignored file only the path is kept. */
function pathOnly(input: Record<string, unknown>): Record<string, unknown> {
  const path = pathOf(input);
  return path === null ? {} : { file_path: path };
}

function inputFields(input: unknown): Record<string, unknown> {
  if (input === null || input === undefined) return {};
  if (typeof input !== "object" || Array.isArray(input)) return { input };
  return input as Record<string, unknown>;
}

function incoming(
  content: EventContent,
  told: string,
  skip: SkipReason | null,
  hook: Payload,
  context: TimedContext,
): EventAction {
  const identity = eventIdentity({
    kind: content.kind,
    toolUseId: hook.tool_use_id,
    promptId: hook.prompt_id,
    agentId: hook.agent_id,
    eventId: context.eventId,
    text: told,
  });
  const { prompt_id: promptId } = hook;
  return { do: "event", event: { ...content, ...identity, promptId, at: context.time, skip } };
}
