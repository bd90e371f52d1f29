/** Which request of a person a batch works on. */
import { isNotice } from "../../../hooks/stamps.ts";
import type { SessionStore } from "../session-store.ts";

/** A request that a person made: a prompt that is not an agent's own notice. */
export interface Request {
  /** The prompt's number. */
  n: number;
  text: string;
  /** Its key, and behind it those of the notices by which the agent went on with it. */
  keys: string[];
}

/**
 * The newest request at or before a prompt's number. A notice goes on with the request that its
 * task was begun for, else with the one before it.
 */
export function requestAt(
  store: SessionStore,
  agent: string,
  promptNumber: number,
): Request | null {
  const notices: string[] = [];
  for (let at = promptNumber; at > 0; ) {
    const prompt = store.log.promptAt(at);
    if (prompt?.kind !== "prompt") return null;
    const n = prompt.promptNumber;
    at = n - 1;
    if (prompt.skip !== null) continue;
    if (!isNotice(agent, prompt)) {
      return { n, text: prompt.body.text, keys: [prompt.key, ...notices] };
    }
    notices.unshift(prompt.key);
    at = Math.min(at, store.log.promptOfTask(prompt.body.tasks ?? [], prompt.seq) ?? at);
  }
  return null;
}
