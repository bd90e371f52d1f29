/** Names of sessions: `<agent>/<session_id>` on the wire, `<team>/<agent>/<session_id>` for objects. */

export const SESSION_ID_MAX_CHARS = 200;

const AGENT_PATTERN = /^[a-z][a-z0-9-]{0,39}$/;
// Printable means: no control, format, surrogate, private-use or unassigned character, no line ends.
const SESSION_ID_PATTERN = /^[^\p{C}\p{Zl}\p{Zp}]{1,200}$/u;

export interface SessionName {
  team: string;
  agent: string;
  sessionId: string;
}

/** 1 to 200 printable characters. */
export function isSessionId(value: unknown): value is string {
  return typeof value === "string" && SESSION_ID_PATTERN.test(value);
}

export function isAgent(value: string): boolean {
  return AGENT_PATTERN.test(value);
}

/** `<agent>/<session_id>`: how JSON names a session. */
export function sessionPath(name: Pick<SessionName, "agent" | "sessionId">): string {
  return `${name.agent}/${name.sessionId}`;
}

/** The name of the session's object. A team and an agent have no slash, so it is unambiguous. */
export function sessionObjectName(name: SessionName): string {
  return `${name.team}/${name.agent}/${name.sessionId}`;
}

/** The reverse of `sessionPath`; null where it is none. */
export function parseSessionPath(path: string): { agent: string; sessionId: string } | null {
  const slash = path.indexOf("/");
  if (slash < 0) return null;
  const agent = path.slice(0, slash);
  const sessionId = path.slice(slash + 1);
  return isAgent(agent) && isSessionId(sessionId) ? { agent, sessionId } : null;
}
