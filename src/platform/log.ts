/**
 * One JSON line per event. The types keep content out: a field that could carry a body, a prompt,
 * a header or a secret does not compile, and an error is told without what its message quotes.
 */
import { truncate } from "./truncate.ts";

/** Every event that is logged. The names are stable: searches and alerts are made of them. */
export type LogEvent =
  | "announcement_failed"
  | "backfill_done"
  | "backfill_failed"
  | "batch_failed"
  | "budget_not_settled"
  | "delivery_failed"
  | "deployment_key_malformed"
  | "deployment_secret_too_short"
  | "drain_failed"
  | "git_name_left_out"
  | "jurisdiction_unknown"
  | "late_answer_dropped"
  | "lease_abandoned"
  | "mcp_tool_failed"
  | "object_reset"
  | "plan_failed"
  | "project_leaving_failed"
  | "project_left"
  | "projects_unreachable"
  | "provider_failed"
  | "provider_ignored"
  | "rephrase_failed"
  | "request_failed"
  | "request_refused"
  | "session_caught_up"
  | "session_repaired"
  | "sessions_not_told"
  | "settle_failed"
  | "team_unreachable";

type Forbidden =
  | "body"
  | "prompt"
  | "header"
  | "headers"
  | "secret"
  | "token"
  | "key"
  | "authorization"
  | "text"
  | "payload"
  | "input"
  | "output"
  | "query";

/** Short facts: names, counts, codes, durations in ms. */
export type LogFields = Record<string, string | number | boolean | null | undefined> & {
  [name in Forbidden]?: never;
};

/** What stands on every line of a log: whose work it is. */
export interface LogContext {
  team?: string;
  /** `<agent>/<session id>`. */
  session?: string;
  /** The project's name. */
  project?: string;
  /** The id of the request, as the answer's `X-Request-Id` has it. */
  request?: string;
}

export type LogLevel = "info" | "warn" | "error";

export interface Log {
  /**
   * Writes `{"event", "level", …context, …fields}`, and of an `error` its name, message and first
   * frames. What is undefined is left out.
   */
  (level: LogLevel, event: LogEvent, fields?: LogFields, error?: unknown): void;
  /** The same log with more context. */
  with(context: LogContext): Log;
}

/** Longest string that a field may carry, in characters: enough for a code or an id. */
const FIELD_MAX_CHARS = 300;
/** Frames of a stack that are told: enough to find the place. */
const FRAMES_MAX = 4;

/** A log whose lines all carry `context`: made once by each object and for each request. */
export function createLog(context: LogContext = {}): Log {
  const log = (level: LogLevel, event: LogEvent, fields: LogFields = {}, error?: unknown) =>
    write(level, {
      event,
      level,
      ...bounded(context),
      ...bounded(fields),
      ...(error === undefined ? {} : { error: told(error) }),
    });
  return Object.assign(log, { with: (more: LogContext) => createLog({ ...context, ...more }) });
}

/** The log of what belongs to no request and no object. */
export const log: Log = createLog();

function bounded(fields: LogFields | LogContext): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === "string" ? truncate(value, FIELD_MAX_CHARS) : value,
    ]),
  );
}

/** An error for the log. JSON.parse and FTS5 quote what they tripped over: that stays out. */
function told(error: unknown) {
  if (!(error instanceof Error)) return { name: typeof error };
  const frames = (error.stack ?? "")
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .slice(0, FRAMES_MAX)
    .map((line) => truncate(line.trim().slice("at ".length), FIELD_MAX_CHARS));
  const message = truncate(error.message.replace(/"[\s\S]*"/, '"…"'), FIELD_MAX_CHARS);
  return { name: error.name, message, frames };
}

function write(level: LogLevel, line: Record<string, unknown>): void {
  const text = JSON.stringify(line);
  if (level === "error") console.error(text);
  else if (level === "warn") console.warn(text);
  else console.log(text);
}
