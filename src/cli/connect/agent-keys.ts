/** The keys that an agent gets: one for its environment that may only capture, and one for its tools. */
import { hostname } from "node:os";
import { MadeKeySchema } from "../../contract/keys.ts";
import type { KeyScope } from "../../contract/vocabulary.ts";
import { ApiFailure, call, takesKey, Unreachable } from "../api.ts";
import { Failure } from "../failure.ts";
import { knownServer, rememberServer } from "../known-servers.ts";
import type { Target } from "../target.ts";

const CALL_MS = 5_000;
const LABEL_MAX_CHARS = 80;

export interface AgentKeys {
  /** Stands in the environment of everything that the agent runs. */
  capture: string;
  /** Full, for the MCP server; null: there is no other than `capture`. */
  mcp: string | null;
  /** What a person has to know of them; null for nothing. */
  note: string | null;
}

/** To be called once all is known to be well: each call may make keys. */
export interface MakesKeys {
  makeKeys(): Promise<AgentKeys>;
}

/**
 * Those that are remembered and still good, else new ones that the server makes, which are remembered
 * then. Where it cannot, the key of `target` stands for both. Throws a `Failure` where the server
 * refuses that one.
 */
export async function agentKeys(agent: string, target: Target): Promise<AgentKeys> {
  const known = knownServer(target.url)?.keys ?? {};
  // Their names among those that are remembered of a server.
  const [forHooks, forTools] = [agent, `${agent}/mcp`];
  const { [forHooks]: capture, [forTools]: mcp } = known;
  if (capture !== undefined && mcp !== undefined && (await areGood(target.url, [capture, mcp]))) {
    return { capture, mcp, note: null };
  }
  try {
    const made = {
      capture: await makeKey(target, "capture", agent),
      mcp: await makeKey(target, "full", `${agent} (MCP)`),
    };
    rememberServer(target.url, { [forHooks]: made.capture, [forTools]: made.mcp });
    return { ...made, note: null };
  } catch (error) {
    const note = whyNone(error);
    if (note === null) throw error;
    return { capture: target.key, mcp: null, note };
  }
}

/** False where the server refuses one; a server that does not answer has refused none. */
async function areGood(url: string, keys: string[]): Promise<boolean> {
  try {
    for (const key of keys) await takesKey({ url, key }, CALL_MS);
    return true;
  } catch (error) {
    if (error instanceof ApiFailure) return false;
    throw error;
  }
}

async function makeKey(target: Target, scope: KeyScope, use: string): Promise<string> {
  const label = `${use} on ${hostname().replaceAll(/\P{ASCII}|\p{C}/gu, "")}`;
  const body = { scope, label: label.slice(0, LABEL_MAX_CHARS) };
  const made = await call(target, "keys", MadeKeySchema, {
    method: "POST",
    body,
    timeoutMs: CALL_MS,
  });
  return made.key;
}

/** Why there are no keys of the agent's own; null for a refusal, and for what nothing should hide. */
function whyNone(error: unknown): string | null {
  if (!(error instanceof Failure)) return null;
  if (error instanceof ApiFailure && (error.status === 401 || error.status === 403)) return null;
  const why =
    error instanceof Unreachable
      ? "the server does not answer at this moment"
      : error instanceof ApiFailure && error.code === "not_configured"
        ? "the server has no CAIRN_SECRET to make keys with"
        : "the server makes no keys";
  return `${why}, so the agent gets the one that was given, which may do everything. Run this again later for one that may only capture.`;
}
