/**
 * The Anthropic provider: one bounded, stateless call per batch through the official SDK, which
 * brings structured output (`messages.parse` with a zod format), typed errors and abort; retries
 * are left to the session's alarm.
 */
import Anthropic from "@anthropic-ai/sdk";
import type { TokenUsage } from "../../contract/sessions.ts";
import { OUTPUT_FORMAT, type ReadOutput, toDrafts } from "../output-schema.ts";
import { observerPrompt, SYSTEM_PROMPT } from "../prompt.ts";
import type { ObserverBatch, Provider, ProviderFailure, ProviderOutcome } from "../provider.ts";
import type { Cut } from "../render-events.ts";
import { classifyError } from "./anthropic-failure.ts";

/** The newest small model that the SDK knows. */
export const ANTHROPIC_DEFAULT_MODEL = "claude-haiku-5-5";
/** All calls of one `compress` together. The session's lease has to outlive it. */
const ANTHROPIC_DEADLINE_MS = 60_000;

/** Room for an answer, in tokens: about twice what the prompt asks for, so that few are cut off. */
const MAX_TOKENS_PER_CALL = 600;
const MAX_TOKENS_PER_EVENT = 110;
/** After an answer that was no use, perhaps because it was cut off. */
const SECOND_TRY_FACTOR = 1.5;
/** Thinking counts as output; models that cannot go without it need room for it. */
const THINKING_TOKENS = 2_000;
/** Code and paths take fewer characters per token than prose: for estimates, on the safe side. */
const ESTIMATE_CHARS_PER_TOKEN = 3;

export interface AnthropicOptions {
  apiKey: string;
  /** Null: the public API. */
  baseURL: string | null;
  /** Null: `ANTHROPIC_DEFAULT_MODEL`. */
  model: string | null;
  deadlineMs?: number;
  now?: () => number;
}

/** Models that think unless told not to, and can be told. Others decide for themselves. */
function canSkipThinking(model: string): boolean {
  return /haiku|sonnet/.test(model);
}

/** The body of a call. All but `messages` and `max_tokens` is the same in every call. */
function buildRequest(model: string, batch: ObserverBatch, cut: Cut, complaint: string | null) {
  const { message, refs } = observerPrompt(batch, cut, complaint);
  const room = MAX_TOKENS_PER_CALL + MAX_TOKENS_PER_EVENT * batch.events.length;
  const quiet = canSkipThinking(model);
  const maxTokens =
    Math.ceil(complaint === null ? room : room * SECOND_TRY_FACTOR) + (quiet ? 0 : THINKING_TOKENS);
  const params = {
    model,
    max_tokens: maxTokens,
    system: SYSTEM_PROMPT,
    output_config: { format: OUTPUT_FORMAT },
    ...(quiet && { thinking: { type: "disabled" as const } }),
    messages: [{ role: "user" as const, content: message }],
  };
  return { params, refs };
}

type CallOutcome =
  | { ok: true; output: Extract<ReadOutput, { ok: true }>["output"]; usage: TokenUsage }
  | { ok: false; failure: ProviderFailure };

const NO_USAGE: TokenUsage = { input: 0, output: 0 };

function usageOf(usage: Anthropic.Usage | undefined): TokenUsage {
  if (usage === undefined) return NO_USAGE;
  return {
    input:
      usage.input_tokens +
      (usage.cache_creation_input_tokens ?? 0) +
      (usage.cache_read_input_tokens ?? 0),
    output: usage.output_tokens,
  };
}

/** Resolves when `signal` aborts, whatever the call is doing: a body may hang after its headers. */
function whenAborted(signal: AbortSignal): Promise<"aborted"> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve("aborted");
    signal.addEventListener("abort", () => resolve("aborted"), { once: true });
  });
}

/** A provider that asks the Anthropic API, or whatever speaks its protocol at `baseURL`. */
export function anthropicProvider(options: AnthropicOptions): Provider {
  const model = options.model ?? ANTHROPIC_DEFAULT_MODEL;
  const now = options.now ?? Date.now;
  const deadlineMs = options.deadlineMs ?? ANTHROPIC_DEADLINE_MS;
  const client = new Anthropic({
    apiKey: options.apiKey,
    authToken: null,
    maxRetries: 0,
    timeout: deadlineMs,
    // The SDK's own log lines may show what was sent.
    logLevel: "off",
    ...(options.baseURL !== null && { baseURL: options.baseURL }),
  });

  /** One call. `stop` ends it; `signal` tells whether that was the caller's wish. */
  async function call(
    request: ReturnType<typeof buildRequest>,
    stop: AbortSignal,
    signal: AbortSignal,
  ): Promise<CallOutcome> {
    const fail = (
      kind: ProviderFailure["kind"],
      message: string,
      usage: TokenUsage = NO_USAGE,
      retryAfter: number | null = null,
    ): CallOutcome => ({
      ok: false,
      failure: { kind, message, retryAfterMs: retryAfter, usage },
    });
    const stopped = (): CallOutcome =>
      signal.aborted
        ? fail("aborted", "the call was called off")
        : fail("network", `no answer within ${deadlineMs} ms`);
    const answer = client.messages.parse(request.params, { signal: stop });
    // The race may be over when it fails: nobody is left to hear of it then.
    answer.catch(() => {});
    try {
      const message = await Promise.race([answer, whenAborted(stop)]);
      if (message === "aborted") return stopped();
      const usage = usageOf(message.usage);
      if (message.stop_reason === "refusal") {
        return fail("refused_content", "the model refused the content", usage);
      }
      if (message.stop_reason === "model_context_window_exceeded") {
        return fail("too_long", "the context window was exceeded", usage);
      }
      if (message.stop_reason === "max_tokens") {
        return fail("invalid_output", "it was cut off: use fewer words", usage);
      }
      const read = message.parsed_output;
      if (read === null) return fail("invalid_output", "it held no text", usage);
      if (!read.ok) return fail("invalid_output", read.error, usage);
      return { ok: true, output: read.output, usage };
    } catch (error) {
      if (stop.aborted) return stopped();
      const { kind, message, retryAfterMs } = classifyError(error, now());
      return fail(kind, message, NO_USAGE, retryAfterMs);
    }
  }

  /** At most three calls: the first, once more after invalid output, once more cut harder. */
  async function compressWithin(
    batch: ObserverBatch,
    stop: AbortSignal,
    signal: AbortSignal,
  ): Promise<ProviderOutcome> {
    const usage: TokenUsage = { input: 0, output: 0 };
    let cut: Cut = "normal";
    let complaint: string | null = null;
    for (;;) {
      const request = buildRequest(model, batch, cut, complaint);
      const outcome: CallOutcome = await call(request, stop, signal);
      const used: TokenUsage = outcome.ok ? outcome.usage : outcome.failure.usage;
      usage.input += used.input;
      usage.output += used.output;
      if (outcome.ok) {
        const drafts = toDrafts(outcome.output, batch, request.refs);
        return { ok: true, result: { ...drafts, skipped: {}, usage, model } };
      }
      const { kind, message } = outcome.failure;
      if ((kind === "too_long" || kind === "refused_content") && cut === "normal") cut = "hard";
      else if (kind === "invalid_output" && complaint === null) complaint = message;
      else return { ok: false, failure: { ...outcome.failure, usage } };
    }
  }

  return {
    name: "anthropic",
    model,
    metered: true,

    /** Of one call; the repeats that trouble may cost are settled afterwards. */
    estimate(batch) {
      const { params } = buildRequest(model, batch, "normal", null);
      return {
        input: Math.ceil(JSON.stringify(params).length / ESTIMATE_CHARS_PER_TOKEN),
        output: params.max_tokens,
      };
    },

    async compress(batch, signal) {
      const stop = new AbortController();
      const onAbort = (): void => stop.abort();
      if (signal.aborted) stop.abort();
      signal.addEventListener("abort", onAbort, { once: true });
      const timer = setTimeout(onAbort, deadlineMs);
      try {
        return await compressWithin(batch, stop.signal, signal);
      } finally {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
      }
    },
  };
}
