/**
 * The Anthropic API, or whatever speaks its protocol at another address, through the official SDK,
 * which brings typed requests, typed errors and abort; retries are left to the session's alarm.
 */
import Anthropic from "@anthropic-ai/sdk";
import type { TokenUsage } from "../../contract/sessions.ts";
import {
  kindOf,
  type Refusal,
  refusalMessage,
  retryAfterMs,
  unanswered,
  unreadable,
} from "./failure.ts";
import { failed, type Model, type ModelAnswer, type ModelCall, usageOr } from "./model.ts";

/** The newest small model that the SDK knows. */
export const ANTHROPIC_DEFAULT_MODEL = "claude-haiku-5-5";

/** Thinking counts as output; models that cannot go without it need room for it. */
const THINKING_TOKENS = 2_000;

export interface AnthropicOptions {
  apiKey: string;
  /** Null: the public API. */
  baseURL: string | null;
  /** Null: `ANTHROPIC_DEFAULT_MODEL`. */
  model: string | null;
  now?: () => number;
}

/** Models that think unless told not to, and can be told. Others decide for themselves. */
function canSkipThinking(model: string): boolean {
  return /haiku|sonnet/.test(model);
}

function usageOf(message: Anthropic.Message, call: ModelCall, text: string): TokenUsage {
  // Servers that speak the protocol may leave the figures out.
  const usage = message.usage as Partial<Anthropic.Usage> | undefined;
  const input =
    usage?.input_tokens === undefined
      ? undefined
      : usage.input_tokens +
        (usage.cache_creation_input_tokens ?? 0) +
        (usage.cache_read_input_tokens ?? 0);
  return usageOr({ input, output: usage?.output_tokens }, call, text);
}

function readMessage(message: Anthropic.Message, call: ModelCall): ModelAnswer {
  const text = message.content
    .map((block) => (block.type === "text" ? block.text : ""))
    .join("")
    .trim();
  const usage = usageOf(message, call, text);
  switch (message.stop_reason) {
    case "refusal":
      return failed("refused_content", "the model refused the content", usage);
    case "model_context_window_exceeded":
      return failed("too_long", "the context window was exceeded", usage);
    case "max_tokens":
      return failed("invalid_output", "it was cut off: use fewer words", usage);
    default:
      if (text === "") return failed("invalid_output", "it held no text", usage);
      return { ok: true, text, usage };
  }
}

function readError(error: unknown, now: number): ModelAnswer {
  if (!(error instanceof Anthropic.APIError)) return failed("network", unreadable(error));
  if (error.status === undefined) {
    return failed("network", unanswered(error));
  }
  const refusal: Refusal = {
    status: error.status,
    type: error.type ?? null,
    says: error.apiMessage ?? "",
  };
  const kind = refusal.type === "billing_error" ? "refused_access" : kindOf(refusal);
  return failed(kind, refusalMessage(refusal), undefined, retryAfterMs(error.headers, now));
}

export function anthropicModel(options: AnthropicOptions): Model {
  const model = options.model ?? ANTHROPIC_DEFAULT_MODEL;
  const now = options.now ?? Date.now;
  const quiet = canSkipThinking(model);
  const thinkingTokens = quiet ? 0 : THINKING_TOKENS;
  const client = new Anthropic({
    apiKey: options.apiKey,
    authToken: null,
    maxRetries: 0,
    // The SDK's own log lines may show what was sent.
    logLevel: "off",
    ...(options.baseURL !== null && { baseURL: options.baseURL }),
  });
  return {
    provider: "anthropic",
    model,
    thinkingTokens,
    async ask(call, signal) {
      try {
        const message = await client.messages.create(
          {
            model,
            max_tokens: call.maxTokens + thinkingTokens,
            system: call.system,
            ...(call.schema !== null && {
              output_config: { format: { type: "json_schema" as const, schema: call.schema } },
            }),
            ...(quiet && { thinking: { type: "disabled" as const } }),
            messages: [{ role: "user" as const, content: call.message }],
          },
          { signal },
        );
        return readMessage(message, call);
      } catch (error) {
        return readError(error, now());
      }
    },
  };
}
