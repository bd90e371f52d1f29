/**
 * What recognises the retry of a hook, and what names an event for ever (DESIGN, identity of
 * events). Two tool calls with the same input are two events: only ids, and hashes of closing
 * texts within their turn, make two hooks one event.
 */

import type { EventKind } from "../contract/vocabulary.ts";
import { contentHash } from "../platform/content-hash.ts";
import type { IncomingEvent } from "./event.ts";

/** Longest id of an agent that stands in identities and keys as it is; a longer one is hashed. */
const ID_MAX_CHARS = 200;
const PLAIN_ID = /^[^\p{C}\p{Z}]{1,200}$/u;

export type EventIdentity = Pick<IncomingEvent, "identity" | "identityScope" | "subject">;

/** What a hook says about which event it is. Absent and empty ids count as null. */
export interface IdentityClues {
  kind: EventKind;
  toolUseId?: string | null | undefined;
  promptId?: string | null | undefined;
  agentId?: string | null | undefined;
  /** The header `X-Cairn-Event-Id`; counts only where the agent itself names nothing. */
  eventId?: string | null | undefined;
  /**
   * The event's text after sanitising, so that no hash of something private is kept. Asked for only
   * where it is needed.
   */
  text: () => string;
}

/**
 * An id as it may be stored and stand in a key: itself, or its hash where it is long or not
 * printable; null for an absent or empty one.
 */
export function usableId(id: string | null | undefined): string | null {
  if (id === null || id === undefined || id === "") return null;
  return id.length <= ID_MAX_CHARS && PLAIN_ID.test(id) ? id : `hash-${contentHash(id)}`;
}

/**
 * The identity of an event inside its session: by the agent's own ids, else by the client's
 * `X-Cairn-Event-Id`, else by its text, which then only recognises the newest event of its kind.
 */
export function eventIdentity(clues: IdentityClues): EventIdentity {
  const subject = usableId(subjectOf(clues));
  const own = ownIdentity(clues, subject);
  if (own !== null) return { identity: own, identityScope: "session", subject };
  const eventId = usableId(clues.eventId);
  if (eventId !== null) {
    // A client may name all hooks of one call alike.
    const identity = `header:${clues.kind}:${contentHash(eventId)}`;
    return { identity, identityScope: "session", subject };
  }
  const hash = contentHash(clues.text());
  return { identity: `text:${clues.kind}:${hash}`, identityScope: "newest", subject };
}

function subjectOf(clues: IdentityClues): string | null | undefined {
  switch (clues.kind) {
    case "tool_use":
    case "tool_failure":
      return clues.toolUseId;
    case "subagent_end":
      return clues.agentId;
    default:
      return null;
  }
}

function ownIdentity(clues: IdentityClues, subject: string | null): string | null {
  const promptId = usableId(clues.promptId);
  switch (clues.kind) {
    case "tool_use":
    case "tool_failure":
      return subject === null ? null : `tool:${subject}`;
    case "prompt":
      return promptId === null ? null : `prompt:${promptId}`;
    case "turn_end":
      // A turn can stop twice, with a different message each time.
      return promptId === null ? null : `stop:${promptId}:${contentHash(clues.text())}`;
    // A transcript has the prompt's id and the words, and not the message's id (docs/identities.md).
    case "say":
      return promptId === null ? null : `say:${promptId}:${contentHash(clues.text())}`;
    case "compaction":
      return clues.text() === "" ? null : `compact:${contentHash(clues.text())}`;
    case "subagent_end":
      return subject === null ? null : `agent:${subject}:${contentHash(clues.text())}`;
  }
}

/** What a session counts: tool uses and failures are one series, the other kinds one each. */
export type EventSeries = "tool" | "prompt" | "say" | "stop" | "compact" | "agent";

const SERIES: Record<EventKind, EventSeries> = {
  tool_use: "tool",
  tool_failure: "tool",
  prompt: "prompt",
  say: "say",
  turn_end: "stop",
  compaction: "compact",
  subagent_end: "agent",
};

export function eventSeries(kind: EventKind): EventSeries {
  return SERIES[kind];
}

/**
 * The event's name: `tool:<tool_use_id>`, `prompt:<n>`, `say:<n>`, `stop:<n>`, `compact:<n>`,
 * `agent:<agent_id>:<n>`. `n` is the event's number in its series, from 1. Without an id of the
 * agent's own a tool call is `tool:#<n>` and a subagent's end `agent:#:<n>`.
 */
export function eventKey(kind: EventKind, subject: string | null, n: number): string {
  const series = SERIES[kind];
  switch (series) {
    case "tool":
      return subject === null ? `tool:#${n}` : `tool:${subject}`;
    case "agent":
      return `agent:${subject ?? "#"}:${n}`;
    default:
      return `${series}:${n}`;
  }
}

export interface ParsedEventKey {
  series: EventSeries;
  /** Null where the agent gave no id, and for series without one. */
  subject: string | null;
  /** Null for a tool call that its id names. */
  n: number | null;
}

const NUMBER = /^[1-9][0-9]{0,14}$/;

/** The reverse of `eventKey`; null for any other text. */
export function parseEventKey(key: string): ParsedEventKey | null {
  const colon = key.indexOf(":");
  const series = key.slice(0, Math.max(colon, 0));
  const rest = key.slice(colon + 1);
  switch (series) {
    case "tool":
      if (rest.startsWith("#") && NUMBER.test(rest.slice(1))) {
        return { series, subject: null, n: Number(rest.slice(1)) };
      }
      return rest === "" ? null : { series, subject: rest, n: null };
    case "agent": {
      const last = rest.lastIndexOf(":");
      const subject = rest.slice(0, Math.max(last, 0));
      const n = rest.slice(last + 1);
      if (subject === "" || !NUMBER.test(n)) return null;
      return { series, subject: subject === "#" ? null : subject, n: Number(n) };
    }
    case "prompt":
    case "say":
    case "stop":
    case "compact":
      return NUMBER.test(rest) ? { series, subject: null, n: Number(rest) } : null;
    default:
      return null;
  }
}
