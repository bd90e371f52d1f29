/** The provider that asks a model: one bounded, stateless call per batch, whatever API it is behind. */
import type { TokenUsage } from "../../contract/sessions.ts";
import { OUTPUT_SCHEMA, readOutput, toDrafts } from "../output-schema.ts";
import { observerPrompt, type PromptRefs, SYSTEM_PROMPT } from "../prompt.ts";
import type { ObserverBatch, Provider, ProviderOutcome } from "../provider.ts";
import type { Cut } from "../render-events.ts";
import { unreadable } from "./failure.ts";
import { estimateCall, failed, type Model, type ModelAnswer, type ModelCall } from "./model.ts";

/** All calls of one `compress` together. The session's lease has to outlive it. */
const DEADLINE_MS = 60_000;
/** Room for an answer, in tokens: about twice what the prompt asks for, so that few are cut off. */
const MAX_TOKENS_PER_CALL = 600;
const MAX_TOKENS_PER_EVENT = 110;
/** After an answer that was no use, perhaps because it was cut off. */
const SECOND_TRY_FACTOR = 1.5;

/** A call for a batch. All but `message` and `maxTokens` is the same in every call. */
function callFor(
  batch: ObserverBatch,
  cut: Cut,
  complaint: string | null,
): { call: ModelCall; refs: PromptRefs } {
  const { message, refs } = observerPrompt(batch, cut, complaint);
  const room = MAX_TOKENS_PER_CALL + MAX_TOKENS_PER_EVENT * batch.events.length;
  const maxTokens = Math.ceil(complaint === null ? room : room * SECOND_TRY_FACTOR);
  return { call: { system: SYSTEM_PROMPT, message, maxTokens, schema: OUTPUT_SCHEMA }, refs };
}

/** Resolves when `signal` aborts, whatever the call is doing: a body may hang after its headers. */
function whenAborted(signal: AbortSignal): Promise<"aborted"> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve("aborted");
    signal.addEventListener("abort", () => resolve("aborted"), { once: true });
  });
}

/** A provider of this model. `deadlineMs` null: 60 s. */
export function providerOf(model: Model, deadlineMs: number | null = null): Provider {
  const limitMs = deadlineMs ?? DEADLINE_MS;

  /** One call. `stop` ends it; `signal` tells whether that was the caller's wish. */
  async function ask(
    call: ModelCall,
    stop: AbortSignal,
    signal: AbortSignal,
  ): Promise<ModelAnswer> {
    const asked = model
      .ask(call, stop)
      .catch((error: unknown) => failed("network", unreadable(error)));
    const answer = await Promise.race([asked, whenAborted(stop)]);
    if (answer !== "aborted" && !(stop.aborted && !answer.ok)) return answer;
    return signal.aborted
      ? failed("aborted", "the call was called off")
      : failed("network", `no answer within ${limitMs} ms`);
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
      const { call, refs } = callFor(batch, cut, complaint);
      const answer: ModelAnswer = await ask(call, stop, signal);
      const used: TokenUsage = answer.ok ? answer.usage : answer.failure.usage;
      usage.input += used.input;
      usage.output += used.output;
      const read = answer.ok ? readOutput(answer.text) : null;
      if (read?.ok === true) {
        const drafts = toDrafts(read.output, batch, refs);
        return { ok: true, result: { ...drafts, skipped: {}, usage, model: model.model } };
      }
      const { failure } = answer.ok ? failed("invalid_output", read?.error ?? "") : answer;
      const { kind, message } = failure;
      if ((kind === "too_long" || kind === "refused_content") && cut === "normal") cut = "hard";
      else if (kind === "invalid_output" && complaint === null) complaint = message;
      else return { ok: false, failure: { ...failure, usage } };
    }
  }

  return {
    name: model.provider,
    model: model.model,
    metered: true,

    /** Of one call; the repeats that trouble may cost are settled afterwards. */
    estimate: (batch) => estimateCall(model, callFor(batch, "normal", null).call),

    async compress(batch, signal) {
      const stop = new AbortController();
      const onAbort = (): void => stop.abort();
      if (signal.aborted) stop.abort();
      signal.addEventListener("abort", onAbort, { once: true });
      const timer = setTimeout(onAbort, limitMs);
      try {
        return await compressWithin(batch, stop.signal, signal);
      } finally {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
      }
    },
  };
}
