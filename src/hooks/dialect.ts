/**
 * What is peculiar to one agent, as data and small functions: which hook means what, what its tools
 * do and how they answer. `read-hook.ts` reads every agent's payloads by it.
 */
import type { ToolAction } from "../memory/event.ts";
import type { AgentConnect } from "./connect/agent-connect.ts";
import type { FilesConnect } from "./connect/files-connect.ts";
import type { Payload } from "./payload.ts";

/** What a hook tells, whatever the agent calls it. */
export type Moment =
  | "session_start"
  | "session_end"
  | "prompt"
  | "tool_use"
  | "tool_failure"
  | "say"
  | "turn_end"
  | "turn_failed"
  | "subagent_end"
  | "compaction"
  /** Known, answered as `noted`, not stored. */
  | "note"
  /** Known, and of no use to the memory. */
  | "unused";

/** Paths as the agent wrote them. */
export interface ToolFiles {
  read: readonly string[];
  modified: readonly string[];
}

/** What a tool gave back. */
export interface ToolResult {
  /** Text, or JSON where no shape of it is known. */
  output: unknown;
  /** The call failed although the hook does not say so: an exit code in the text, an error field. */
  failed: boolean;
}

export interface AgentDialect {
  /** As it stands in URLs and in names of sessions. */
  readonly agent: string;
  /** The member of a payload that names the session where `session_id` does not. */
  readonly sessionIdField?: string;
  /** What `cairn connect` needs to set it up. */
  readonly connect: AgentConnect | FilesConnect;
  /** Folder in a person's home where the agent keeps its transcripts: it tells whose a payload is. */
  readonly homeFolder?: string;
  readonly moments: ReadonlyMap<string, Moment>;
  /**
   * The payload by Claude Code's field names, which most agents share. Never throws; null where the
   * body is none of this agent's. Absent: the body is read as it is.
   */
  rename?(body: Record<string, unknown>): Record<string, unknown>;
  /** The payloads of one request, in their order. Absent: a request is one payload. */
  payloads?(body: unknown): unknown[];
  /** True for a payload that no other agent sends; see `AgentAdapter.recognises`. */
  recognises?(body: unknown): boolean;
  /** Hooks whose answer may carry context to the model. */
  readonly takesContext: ReadonlySet<string>;
  readonly answerForm: "nested" | "flat";
  /** True where the agent shows its person the `systemMessage` of an answer. */
  readonly showsNotices?: boolean;
  /** What a tool does; `own` is decided by `isOwnTool` before. Unlisted tools: `other`. */
  readonly tools: ReadonlyMap<string, ToolAction>;
  /** True for a tool of Cairn's own MCP server: what it recalls or saves must not be learnt again. */
  isOwnTool(tool: string, payload: Payload): boolean;
  /** What a call gave back, as the text that tells most. `action` is what its tool does. */
  result(response: unknown, action: ToolAction): ToolResult;
  /** What of a prompt is the person's: without the client's own blocks around it. */
  personsWords?(prompt: string): string;
  /** True for a prompt that the agent wrote itself. */
  isNotice?(prompt: string): boolean;
  /** Ids of the background tasks that a notice tells of. */
  tasksOf?(notice: string): string[];
  /** True where the agent sends a prompt without words after every tool call: it begins no turn. */
  readonly emptyPromptsAreNoise?: boolean;
  /** True where a hook has no ids but a time: its time and content tell two of a kind apart. */
  readonly timeIsIdentity?: boolean;
}

/** The payload by Claude Code's field names. */
export function namedFields(
  dialect: AgentDialect,
  body: Record<string, unknown>,
): Record<string, unknown> {
  const named = dialect.rename?.(body) ?? body;
  const field = dialect.sessionIdField;
  if (field === undefined || named.session_id !== undefined) return named;
  return { ...named, session_id: body[field] };
}
