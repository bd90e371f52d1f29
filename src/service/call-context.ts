/** One call of the API, by REST, MCP or a hook, as the services see it. */
import type { Caller } from "../access/caller.ts";

export interface CallContext {
  env: Env;
  caller: Caller;
  /** Names the call in the log. */
  requestId: string;
  /** When the call arrived, ms since the epoch. */
  now: number;
  /** Lets work go on after the answer. */
  waitUntil(work: Promise<unknown>): void;
}
