/**
 * A hook's payload in, what it asks for out, for every agent by its dialect. Unknown fields and
 * hooks are tolerated, and so are optional fields of a wrong type: a hook must never make the
 * agent's turn fail.
 */
import type { ErrorCode } from "../contract/errors.ts";
import type { EventContent, IncomingEvent, SkipReason, TextBody } from "../memory/event.ts";
import { eventIdentity, usableId } from "../memory/event-identity.ts";
import { isSessionId, SESSION_ID_MAX_CHARS } from "../memory/session-name.ts";
import { fileOf } from "../memory/tool-fields.ts";
import { contentHash } from "../platform/content-hash.ts";
import { truncate } from "../platform/truncate.ts";
import { ignoredFile } from "../privacy/ignored-files.ts";
import { isPrivatePrompt } from "../privacy/private-tags.ts";
import { type RawTextEvent, sanitise } from "../privacy/sanitise.ts";
import { type AgentDialect, type Moment, namedFields } from "./dialect.ts";
import { eventTime, type HookAction, type HookContext, type SessionSource } from "./hook-action.ts";
import { patchFiles } from "./patch-files.ts";
import { type Payload, PayloadSchema } from "./payload.ts";
import { savedItem } from "./saved-item.ts";
import { filesOf, isRecord, NO_FILES, targetOf } from "./tool-call.ts";

/** What a hook's payload asks for. Never throws; `body` is any parsed JSON. */
export function readHook(dialect: AgentDialect, body: unknown, context: HookContext): HookAction {
  if (!isRecord(body)) {
    return invalid("not_an_object", "the body has to be the hook's payload, a JSON object");
  }
  const parsed = PayloadSchema.safeParse(namedFields(dialect, body));
  if (!parsed.success) {
    return invalid("not_an_object", "the body has to be the hook's payload, a JSON object");
  }
  const hook = parsed.data;
  if (hook.hook_event_name === null) {
    return invalid(
      "no_hook_event_name",
      `the payload has no hook_event_name: send the hook payload of ${dialect.agent} as it is`,
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
    ...new Reading(dialect, hook, context, at).action(dialect.moments.get(hook.hook_event_name)),
  };
}

function invalid(code: ErrorCode, message: string): HookAction {
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

/** Stamps of a text: what its adapter knows beside the words. */
type TextStamps = Pick<TextBody, "notice" | "tasks" | "part" | "background">;

/** One payload being read. */
class Reading {
  private readonly dialect: AgentDialect;
  private readonly hook: Payload;
  private readonly context: HookContext;
  private readonly at: number;

  constructor(dialect: AgentDialect, hook: Payload, context: HookContext, at: number) {
    this.dialect = dialect;
    this.hook = hook;
    this.context = context;
    this.at = at;
  }

  action(moment: Moment | undefined): EventAction {
    const { hook } = this;
    switch (moment) {
      case undefined:
        return { do: "unknown" };
      case "unused":
        return { do: "ignore" };
      case "note":
        return { do: "note" };
      case "session_start":
        return { do: "session_start", source: hook.source };
      case "session_end":
        return { do: "session_end", reason: truncate(hook.reason, 100) };
      case "turn_failed":
        return { do: "turn_failed", promptId: hook.prompt_id };
      case "prompt":
        return this.prompt();
      case "tool_use":
      case "tool_failure":
        return this.tool(moment === "tool_failure");
      case "say":
        return this.text({ kind: "say", text: hook.delta, label: null }, partOf(hook));
      case "turn_end":
        return this.text(
          { kind: "turn_end", text: hook.last_assistant_message, label: null },
          hook.background_tasks.some(isRunning) ? { background: true } : {},
        );
      case "subagent_end":
        // Internal forks have an empty type; versions that send none mean a real subagent.
        return hook.agent_type === ""
          ? { do: "ignore" }
          : this.text({
              kind: "subagent_end",
              text: hook.last_assistant_message,
              label: hook.agent_type,
            });
      case "compaction":
        return this.text({ kind: "compaction", text: hook.compact_summary, label: hook.trigger });
    }
  }

  private prompt(): EventAction {
    const { dialect, hook } = this;
    const prompt = dialect.personsWords?.(hook.prompt) ?? hook.prompt;
    if (dialect.emptyPromptsAreNoise === true && prompt.trim() === "") return { do: "ignore" };
    if (isPrivatePrompt(prompt)) return { do: "private_prompt", promptId: hook.prompt_id };
    return this.text({ kind: "prompt", text: prompt, label: null }, this.noticeStamps(prompt));
  }

  private noticeStamps(prompt: string): TextStamps {
    if (this.dialect.isNotice?.(prompt) !== true) return { notice: false };
    const tasks = this.dialect.tasksOf?.(prompt) ?? [];
    return { notice: true, ...(tasks.length > 0 ? { tasks } : {}) };
  }

  private text(raw: RawTextEvent, stamps: TextStamps = {}): EventAction {
    const { kind, body } = sanitise(raw);
    // An empty closing message still ends its turn; there is only nothing to learn from it.
    const skip = body.text === "" ? "empty" : null;
    return this.incoming({ kind, body: { ...body, ...stamps } }, () => body.text, skip);
  }

  private tool(saidToFail: boolean): EventAction {
    const { dialect, hook, context } = this;
    const input = inputFields(hook.tool_input);
    const own = dialect.isOwnTool(hook.tool_name, hook);
    const action = own ? "own" : (dialect.tools.get(hook.tool_name) ?? "other");
    const ignored = own || ignoredFile(input, context.ignoreGlobs);
    const given = saidToFail ? (hook.error ?? hook.tool_response) : hook.tool_response;
    const result = dialect.result(given, action);
    const kind = saidToFail || result.failed ? "tool_failure" : "tool_use";
    const patched = action === "edit" ? patchFiles(input) : null;
    const named = patched === null ? filesOf(action, input) : { read: [], modified: patched };
    // A call that failed touched no file.
    const files = kind === "tool_use" ? named : NO_FILES;
    const { body } = sanitise({
      kind,
      tool: hook.tool_name || "unknown",
      input: ignored ? pathOnly(input) : input,
      output: ignored ? "" : interruptedOutput(hook, result.output),
      filesRead: files.read,
      filesModified: files.modified,
      agentType: hook.agent_type,
      ignoreGlobs: context.ignoreGlobs,
    });
    const skip = own ? "internal" : ignored ? "ignored" : null;
    const target = targetOf(body.input, patched ?? []);
    const saved = own && kind === "tool_use" ? savedItem(hook.tool_name, given) : null;
    const stamps = { action, target, ...(saved === null ? {} : { saved }) };
    const told = () => JSON.stringify(body);
    return this.incoming({ kind, body: { ...body, ...stamps } }, told, skip);
  }

  private incoming(
    content: EventContent,
    told: () => string,
    skip: SkipReason | null,
  ): EventAction {
    const { dialect, hook, context } = this;
    const { timestamp, hook_event_name: name, prompt_id: promptId } = hook;
    const byTime =
      dialect.timeIsIdentity === true && timestamp !== null
        ? `${name}:${timestamp}:${contentHash(told())}`
        : null;
    const identity = eventIdentity({
      kind: content.kind,
      toolUseId: hook.tool_use_id,
      promptId,
      agentId: hook.agent_id,
      eventId: byTime ?? context.eventId,
      text: told,
    });
    return { do: "event", event: { ...content, ...identity, promptId, at: this.at, skip } };
  }
}

/** A message in one piece has index 0 and is final; of one in several, which part it is. */
function partOf(hook: Payload): TextStamps {
  const whole = hook.index === 0 && hook.final;
  const message = usableId(hook.message_id);
  return whole || message === null ? {} : { part: { message, index: hook.index } };
}

function interruptedOutput(hook: Payload, output: unknown): unknown {
  return hook.is_interrupt && typeof output === "string"
    ? `[interrupted by the user]\n${output}`
    : output;
}

/** Some agents also list the tasks that are over. */
function isRunning(task: unknown): boolean {
  const status = isRecord(task) ? String(task.status ?? "") : "";
  return !/^(?:completed|done|failed|error|errored|cancell?ed|stopped|killed)$/i.test(status);
}

/** Of a call on an ignored file only the path is kept. */
function pathOnly(input: Record<string, unknown>): Record<string, unknown> {
  const path = fileOf(input);
  return path === null ? {} : { file_path: path };
}

function inputFields(input: unknown): Record<string, unknown> {
  if (input === null || input === undefined) return {};
  return isRecord(input) ? input : { input };
}
