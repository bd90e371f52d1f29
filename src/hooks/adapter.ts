/** The one seam for an agent: what it sends, what its hooks may be answered, and what it calls things. */
import { isSessionId } from "../memory/session-name.ts";
import { flatAnswer, nestedAnswer } from "./answer.ts";
import { type AgentDialect, namedFields } from "./dialect.ts";
import type { HookAction, HookContext } from "./hook-action.ts";
import { PayloadSchema } from "./payload.ts";
import { readHook } from "./read-hook.ts";
import { isRecord } from "./tool-call.ts";

/** What a hook's answer may tell. */
export interface HookReply {
  /** Memory for the agent's model; null where there is none. */
  context: string | null;
  /** One line for the person; null where there is none. Agents that show none leave it out. */
  notice: string | null;
}

/**
 * An agent as Cairn sees it. Nothing below `hooks/` knows the name of an agent or of a tool: an
 * adapter stamps what it reads with Cairn's own words.
 */
export interface AgentAdapter {
  /** Stands in the URL of its hooks and in the names of its sessions. */
  readonly name: string;
  /**
   * What a request asks for: one action for each payload in it, in their order. Never throws; `body`
   * is any parsed JSON. Empty for a request without a payload.
   */
  read(body: unknown, context: HookContext): HookAction[];
  /**
   * Whose a request is, by how its body begins; null where that does not tell, or it holds several
   * payloads.
   */
  sessionOf(beginning: unknown): { sessionId: string; cwd: string | null } | null;
  /** The answer's body, in the form that the agent reads. */
  answer(hookEventName: string, reply: HookReply): object;
  /** True for a prompt that the agent wrote itself. For prompts that were stored without a stamp. */
  isNotice(prompt: string): boolean;
  /** True for a payload that only this agent sends, at whichever agent's address it arrives. */
  recognises(body: unknown): boolean;
}

/** The adapter of an agent whose hooks a dialect describes. */
export function adapterFor(dialect: AgentDialect): AgentAdapter {
  return {
    name: dialect.agent,
    read: (body, context) =>
      (dialect.payloads?.(body) ?? [body]).map((payload) => readHook(dialect, payload, context)),
    sessionOf: (beginning) => {
      const [payload, ...others] = dialect.payloads?.(beginning) ?? [beginning];
      if (others.length > 0 || !isRecord(payload)) return null;
      const parsed = PayloadSchema.safeParse(namedFields(dialect, payload));
      if (!parsed.success || !isSessionId(parsed.data.session_id)) return null;
      const { session_id: sessionId, cwd } = parsed.data;
      return { sessionId, cwd: cwd === "" ? null : cwd };
    },
    answer: (hookEventName, reply) => {
      const context = dialect.takesContext.has(hookEventName) ? reply.context : null;
      if (dialect.answerForm === "flat") return flatAnswer(context);
      const notice = dialect.showsNotices === true ? reply.notice : null;
      return nestedAnswer(hookEventName, context, notice);
    },
    isNotice: (prompt) => dialect.isNotice?.(prompt) ?? false,
    recognises: (body) => keepsTranscript(dialect, body) || dialect.recognises?.(body) === true,
  };
}

/** True where the payload names a transcript in the folder that only this agent keeps. */
function keepsTranscript({ homeFolder }: AgentDialect, body: unknown): boolean {
  if (homeFolder === undefined || !isRecord(body)) return false;
  const path = body.transcript_path;
  return typeof path === "string" && path.split(/[/\\]/).includes(homeFolder);
}
