/**
 * Events: what an agent's hooks told us, normalised and sanitised by the Worker,
 * and kept by the session's object until its retention is over.
 */

/**
 * What a tool call did, whatever the agent calls its tool. `own`: a tool of Cairn's. Readers take an
 * action that they do not know for `other`.
 */
export type ToolAction =
  | "read"
  | "edit"
  | "create"
  | "search"
  | "command"
  | "fetch"
  | "delegate"
  | "ask"
  | "plan"
  | "own"
  | "other";

/** A tool call. `input` and `output` are plain text or compact JSON text, already redacted and cut. */
export interface ToolBody {
  tool: string;
  /** Stamped by the agent's adapter; absent from events of the first release. */
  action?: ToolAction;
  /** The file, command, pattern, address or question that the call is about; "" where it is none. */
  target?: string;
  input: Record<string, unknown>;
  /** What the tool gave back, or the error of a failure. Text; JSON where the agent sent JSON. */
  output: string;
  /** Paths as the agent wrote them (absolute or not), from the tool's own input. */
  files_read: string[];
  files_modified: string[];
  /** The subagent's type when the call was made inside one. */
  agent_type?: string;
  /** Id of the item that a call of our own tools saved: it belongs to the session. */
  saved?: string;
}

/**
 * Prompts, what the agent says between its tool calls (`say`), closing messages, subagents' results
 * and compaction summaries are text.
 */
export interface TextBody {
  text: string;
  /** subagent_end: the subagent's type. compaction: `manual` or `auto`. */
  label?: string;
  /** prompt: the agent wrote it itself, so it is nobody's request. Absent: not known (first release). */
  notice?: boolean;
  /** say: one part of a message that came in several, from 0; they are joined when read. */
  part?: { message: string; index: number };
  /** prompt: ids of the background tasks that a notice tells of. */
  tasks?: string[];
  /** turn_end: tasks still run in the background, so it does not close the work. */
  background?: true;
}

/** The content of an event, told apart by its kind. At most `EVENT_MAX_BYTES` as JSON. */
export type EventContent =
  | { kind: "tool_use" | "tool_failure"; body: ToolBody }
  | { kind: "prompt" | "say" | "turn_end" | "subagent_end" | "compaction"; body: TextBody };

/** Why an accepted event teaches nothing. `withdrawn`: somebody deleted what it taught. */
export type SkipReason =
  | "ignored"
  | "routine"
  | "empty"
  | "not_cited"
  | "internal"
  | "late"
  | "withdrawn";

/** An event as the Worker hands it to a session: nothing private or secret is left in it. */
export type IncomingEvent = EventContent & {
  /** Recognises a retry inside the session, see `identity/event-identity.ts`. */
  identity: string;
  /**
   * `session`: a retry is any event of the session with the same identity. `newest` (nothing names
   * the event): only the newest event of its kind, and only while nothing has come after it.
   */
  identityScope: "session" | "newest";
  /** The agent's part of the event key: `tool_use_id`, or `agent_id` of a subagent's end; else null. */
  subject: string | null;
  /** The agent's id of the prompt that the event belongs to, if it sends one. */
  promptId: string | null;
  /** Time of the event, ms since the epoch, never in the future. */
  at: number;
  /** Stored but never shown to a provider. */
  skip: SkipReason | null;
};

/** An event as a session keeps it: numbered, keyed, and in its place in the log. */
export type StoredEvent = EventContent & {
  /** Position in the session's log, from 1, never used twice. */
  seq: number;
  /** The name that sources cite for ever: `tool:<id>`, `prompt:<n>`, `say:<n>`, ... */
  key: string;
  promptId: string | null;
  /** The number of the newest prompt when the event came; 0 before the first. */
  promptNumber: number;
  at: number;
  receivedAt: number;
  skip: SkipReason | null;
  /** The person who sent it; null or absent: the session's owner. */
  sender?: string | null;
  /** Key of the event that has the same text: a closing message comes as a `say` and as a Stop. */
  ref?: string | null;
};
