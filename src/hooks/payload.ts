/** A hook's payload by Claude Code's field names, which most agents share or are renamed to. */
import { z } from "zod";
import { usableId } from "../memory/event-identity.ts";

// A default says what an absent field is: to catch its complaint instead costs ten times as much,
// and most fields are absent.
const optionalText = z.string().nullable().catch(null).default(null);
const text = z.string().catch("").default("");
/** Longest working folder that is believed: what Linux allows as a path. */
const CWD_MAX_CHARS = 4_096;

/** Optional fields of a wrong type are left out: a hook must never make the agent's turn fail. */
export const PayloadSchema = z.object({
  session_id: z.unknown().optional(),
  hook_event_name: z.string().min(1).max(200).nullable().catch(null),
  cwd: z.string().max(CWD_MAX_CHARS).catch("").default(""),
  prompt_id: optionalText.transform(usableId),
  /** Time by the agent's own clock, where it sends one. */
  timestamp: z
    .union([z.string().max(100), z.number()])
    .nullable()
    .catch(null)
    .default(null),
  agent_id: optionalText,
  agent_type: optionalText,
  // A prompt.
  prompt: text,
  // A tool call.
  tool_name: text,
  tool_input: z.unknown().optional(),
  tool_response: z.unknown().optional(),
  tool_use_id: optionalText,
  error: z.unknown().optional(),
  is_interrupt: z.boolean().catch(false).default(false),
  mcp_context: z.object({ server_name: text }).nullable().catch(null).default(null),
  // The end of a turn or of a subagent.
  last_assistant_message: text,
  background_tasks: z.array(z.unknown()).catch([]).default([]),
  // A message between tool calls.
  message_id: optionalText,
  index: z.int().min(0).max(9_999).catch(0).default(0),
  final: z.boolean().catch(true).default(true),
  delta: text,
  // A compaction.
  compact_summary: text,
  trigger: optionalText,
  // Start and end of a session.
  source: z
    .enum(["startup", "resume", "clear", "compact", "fork"])
    .catch("startup")
    .default("startup"),
  reason: text,
});

export type Payload = z.infer<typeof PayloadSchema>;
