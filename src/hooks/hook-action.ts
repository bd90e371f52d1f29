/** What a hook asks for, whichever agent sent it: the result of every adapter in this folder. */
import type { ErrorCode } from "../contract/errors.ts";
import type { IncomingEvent } from "../memory/event.ts";

/** What the adapter needs to know besides the payload. */
export interface HookContext {
  /** The header `X-Cairn-Event-Id`, or null. */
  eventId: string | null;
  /** The header `X-Cairn-At`, or null. */
  at: string | null;
  /** When the hook arrived, ms since the epoch. */
  now: number;
  /** `CAIRN_IGNORE`: files whose contents are never recorded, besides the built-in ones. */
  ignoreGlobs: readonly string[];
}

/** How an agent's session began; what is given as context depends on it. */
export type SessionSource = "startup" | "resume" | "clear" | "compact" | "fork";

interface Named {
  /** The event as the agent calls it; the answer has to name it. */
  hookEventName: string;
  sessionId: string;
  /** The agent's working folder at that moment; it follows `cd`. Null where it sent none. */
  cwd: string | null;
  /** Time of the event, ms since the epoch, never in the future. */
  at: number;
}

export type HookAction =
  | ({ do: "event"; event: IncomingEvent } & Named)
  /** A prompt that is private as a whole: its turn must leave nothing behind. */
  | ({ do: "private_prompt"; promptId: string | null } & Named)
  | ({ do: "session_start"; source: SessionSource } & Named)
  | ({ do: "session_end"; reason: string } & Named)
  /** An API error ended the turn: the agent sends no Stop for it. Nothing is stored. */
  | ({ do: "turn_failed"; promptId: string | null } & Named)
  /** Known and not stored: `noted` and `ignored` in the answer's `X-Cairn-Event`. */
  | ({ do: "note" | "ignore" } & Named)
  | ({ do: "unknown" } & Named)
  /** Not of this agent: the answer is a 400 with this code and message. */
  | { do: "invalid"; code: ErrorCode; message: string };

/**
 * The time of an event: the header `X-Cairn-At` (ISO 8601) where it is one, never in the future,
 * else `now`.
 */
export function eventTime(header: string | null | undefined, now: number): number {
  if (header === null || header === undefined || !/^[0-9]{4}-[0-9]{2}-[0-9]{2}/.test(header)) {
    return now;
  }
  const at = Date.parse(header);
  return Number.isFinite(at) && at > 0 ? Math.min(at, now) : now;
}
