/** One call to a model, in the words that all APIs share. */
import type { TokenUsage } from "../../contract/sessions.ts";
import type { FailureKind, ProviderFailure } from "../provider.ts";

/** A JSON schema as the APIs take it. */
export type JsonSchema = Record<string, unknown>;

export interface ModelCall {
  /** The same bytes in every call of one kind, so that servers can keep what they made of it. */
  system: string;
  message: string;
  /** Most tokens of the answer, thinking apart. */
  maxTokens: number;
  /** What the answer has to be; null for plain text. */
  schema: JsonSchema | null;
}

export type ModelAnswer =
  | { ok: true; text: string; usage: TokenUsage }
  | { ok: false; failure: ProviderFailure };

/** A model behind an API: one stateless call at a time, without retries. */
export interface Model {
  /** As in `CAIRN_PROVIDER`. */
  readonly provider: string;
  readonly model: string;
  /** Tokens of thinking that an answer may take beside what it says. */
  readonly thinkingTokens: number;
  /** Never throws. Ends when `signal` aborts, at the latest where its caller stops waiting. */
  ask(call: ModelCall, signal: AbortSignal): Promise<ModelAnswer>;
}

const NO_USAGE: TokenUsage = { input: 0, output: 0 };

/** Code and paths take fewer characters per token than prose: for estimates, on the safe side. */
const ESTIMATE_CHARS_PER_TOKEN = 3;

function estimateTokens(text: string): number {
  return Math.ceil(text.length / ESTIMATE_CHARS_PER_TOKEN);
}

function estimateInput({ system, message, schema }: ModelCall): number {
  return estimateTokens(`${system}${message}${schema === null ? "" : JSON.stringify(schema)}`);
}

/** Upper estimate of the tokens that a call will use. */
export function estimateCall(model: Model, call: ModelCall): TokenUsage {
  return { input: estimateInput(call), output: call.maxTokens + model.thinkingTokens };
}

/** The server's own figures; where it tells none, an estimate: a call is never taken to be free. */
export function usageOr(
  told: { input: number | undefined; output: number | undefined },
  call: ModelCall,
  answer: string,
): TokenUsage {
  return {
    input: told.input ?? estimateInput(call),
    output: told.output ?? estimateTokens(answer),
  };
}

export function failed(
  kind: FailureKind,
  message: string,
  usage: TokenUsage = NO_USAGE,
  retryAfterMs: number | null = null,
): { ok: false; failure: ProviderFailure } {
  return { ok: false, failure: { kind, message, retryAfterMs, usage } };
}

const THINKING_TOKENS = 2_000;

/** Families that think before they answer, by the names of their models. */
const THINKERS = /(?:^|[/_-])(?:o\d|gpt-[5-9]|gpt-oss|r1|qwq|qwen3|magistral)\b|reason|think/i;

/** What thinking counts as output needs room; for a model by whose name nobody can tell, none. */
export function thinkingRoom(model: string): number {
  return THINKERS.test(model) ? THINKING_TOKENS : 0;
}
