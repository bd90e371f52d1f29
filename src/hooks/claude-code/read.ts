/**
 * Claude Code's hooks: a payload in, what it asks for out. Unknown fields and events are tolerated,
 * and so are optional fields of a wrong type: a hook must never make the agent's turn fail.
 */
import { z } from "zod";
import type { EventContent, IncomingEvent, SkipReason, TextBody } from "../../memory/event.ts";
import { eventIdentity, usableId } from "../../memory/event-identity.ts";
import { isSessionId, SESSION_ID_MAX_CHARS } from "../../memory/session-name.ts";
import { fileOf } from "../../memory/tool-fields.ts";
import { truncate } from "../../platform/truncate.ts";
import { ignoredFile } from "../../privacy/ignored-files.ts";
import { isPrivatePrompt } from "../../privacy/private-tags.ts";
import { type RawTextEvent, type RawToolEvent, sanitise } from "../../privacy/sanitise.ts";
import {
  eventTime,
  type HookAction,
  type HookContext,
  type SessionSource,
} from "../hook-action.ts";
import { isNotice, tasksOf } from "./notices.ts";
import { toolOutput } from "./tool-output.ts";
import { actionOf, filesOf, targetOf } from "./tools.ts";

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
  background_tasks: z.array(z.unknown()).catch([]),
  // MessageDisplay
  message_id: optionalText,
  index: z.int().min(0).max(9_999).catch(0),
  final: z.boolean().catch(true),
  delta: text,
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
export function readHook(payload: unknown, context: HookContext): HookAction {
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
      return { do: "session_end", reason: truncate(hook.reason, 100) };
    case "UserPromptSubmit":
      return isPrivatePrompt(hook.prompt)
        ? { do: "private_prompt", promptId: hook.prompt_id }
        : textEvent(
            { kind: "prompt", text: hook.prompt, label: null },
            hook,
            context,
            noticeOf(hook.prompt),
          );
    case "PostToolUse":
      return toolEvent("tool_use", hook, context);
    case "PostToolUseFailure":
      return toolEvent("tool_failure", hook, context);
    case "MessageDisplay":
      return textEvent({ kind: "say", text: hook.delta, label: null }, hook, context, partOf(hook));
    case "Stop":
      return textEvent(
        { kind: "turn_end", text: hook.last_assistant_message, label: null },
        hook,
        context,
        hook.background_tasks.length > 0 ? { background: true } : {},
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

/** Stamps of a text: what its adapter knows beside the words. */
type TextStamps = Pick<TextBody, "notice" | "tasks" | "part" | "background">;

function noticeOf(prompt: string): TextStamps {
  if (!isNotice(prompt)) return { notice: false };
  const tasks = tasksOf(prompt);
  return { notice: true, ...(tasks.length > 0 ? { tasks } : {}) };
}

/** A message in one piece has index 0 and is final; of one in several, which part it is. */
function partOf(hook: Payload): TextStamps {
  const whole = hook.index === 0 && hook.final;
  const message = usableId(hook.message_id);
  return whole || message === null ? {} : { part: { message, index: hook.index } };
}

function textEvent(
  raw: RawTextEvent,
  hook: Payload,
  context: TimedContext,
  stamps: TextStamps = {},
): EventAction {
  const { kind, body } = sanitise(raw);
  // An empty closing message still ends its turn; there is only nothing to learn from it.
  const skip = body.text === "" ? "empty" : null;
  return incoming({ kind, body: { ...body, ...stamps } }, body.text, skip, hook, context);
}

function toolEvent(kind: RawToolEvent["kind"], hook: Payload, context: TimedContext): EventAction {
  const input = inputFields(hook.tool_input);
  const action = actionOf(hook.tool_name);
  const own = action === "own";
  const ignored = own || ignoredFile(input, context.ignoreGlobs);
  const files = kind === "tool_use" ? filesOf(action, input) : { read: [], modified: [] };
  const { body } = sanitise({
    kind,
    tool: hook.tool_name || "unknown",
    input: ignored ? pathOnly(input) : input,
    output: ignored ? "" : rawOutput(kind, hook),
    filesRead: files.read,
    filesModified: files.modified,
    agentType: hook.agent_type,
    ignoreGlobs: context.ignoreGlobs,
  });
  const told = JSON.stringify(body);
  const skip = own ? "internal" : ignored ? "ignored" : null;
  const stamped = { ...body, action, target: targetOf(body.input) };
  return incoming({ kind, body: stamped }, told, skip, hook, context);
}

function rawOutput(kind: RawToolEvent["kind"], hook: Payload): unknown {
  const output = toolOutput(kind === "tool_use" ? hook.tool_response : hook.error);
  return hook.is_interrupt && typeof output === "string"
    ? `[interrupted by the user]\n${output}`
    : output;
}

/** Of a call on an ignored file only the path is kept. */
function pathOnly(input: Record<string, unknown>): Record<string, unknown> {
  const path = fileOf(input);
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
