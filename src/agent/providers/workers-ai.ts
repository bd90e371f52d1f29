/**
 * Workers AI, by the platform's binding `AI`: no key, no address. The binding is asked for the raw
 * response, so that statuses and waits are told as by every other API.
 */
import { z } from "zod";
import type { AiBinding } from "../../platform/ai-binding.ts";
import { readCompletion, readRefusal, withSchema } from "./chat-completions.ts";
import { kindOf, refusalMessage, retryAfterMs, unanswered, unreadable } from "./failure.ts";
import { failed, type Model, type ModelAnswer, type ModelCall, thinkingRoom } from "./model.ts";

/** Among the models that hold to a schema, the one that the platform serves fastest for its size. */
const WORKERS_AI_DEFAULT_MODEL = "@cf/meta/llama-3.3-70b-instruct-fp8-fast";

export interface WorkersAiOptions {
  ai: AiBinding;
  /** Null: `WORKERS_AI_DEFAULT_MODEL`. */
  model: string | null;
  now?: () => number;
}

/** The platform's own form; newer models answer as chat completions do. */
const OwnAnswerSchema = z.object({
  response: z.union([z.string(), z.looseObject({}).transform((value) => JSON.stringify(value))]),
  usage: z.unknown().optional(),
});

/** The platform's codes of errors, where the status alone does not say what to do. */
const OwnErrorSchema = z.union([
  z.object({ internalCode: z.number(), description: z.string().default("") }),
  z
    .object({ errors: z.array(z.object({ code: z.number(), message: z.string() })).min(1) })
    .transform(({ errors: [first] }) => ({
      internalCode: first?.code ?? 0,
      description: first?.message ?? "",
    })),
]);

/** The daily allocation is used up: told as 429, like a lack of capacity, which passes. */
const ALLOCATION_USED_UP = 3036;
/** No such model; no access to it. */
const MODEL_REFUSED: ReadonlySet<number> = new Set([3023, 3041, 3042, 5007, 5016, 5018]);
/** The model knows no schemas at all. */
const NO_SCHEMAS = /(?:not|n't) support (?:JSON|response_format)/i;
/** It could not hold to this one. */
const SCHEMA_MISSED = /JSON (?:Mode|Schema) could/i;

function readAnswer(body: unknown, call: ModelCall): ModelAnswer {
  const own = OwnAnswerSchema.safeParse(body).data;
  if (own === undefined) return readCompletion(body, call);
  const message = { content: own.response, refusal: null };
  return readCompletion({ choices: [{ finish_reason: null, message }], usage: own.usage }, call);
}

/** Models that refused a schema, for as long as this isolate lives. */
const withoutSchema = new Set<string>();

export function workersAiModel({ ai, model: named, now = Date.now }: WorkersAiOptions): Model {
  const model = named ?? WORKERS_AI_DEFAULT_MODEL;
  const thinkingTokens = thinkingRoom(model);

  async function ask(call: ModelCall, signal: AbortSignal): Promise<ModelAnswer> {
    const plain = call.schema === null || withoutSchema.has(model);
    const inputs = {
      messages: [
        { role: "system", content: plain ? withSchema(call) : call.system },
        { role: "user", content: call.message },
      ],
      max_tokens: call.maxTokens + thinkingTokens,
      ...(!plain && { response_format: { type: "json_schema", json_schema: call.schema } }),
    };
    const options = { returnRawResponse: true as const, signal };
    const response = await ai.run(model, inputs, options).catch(unanswered);
    if (typeof response === "string") return failed("network", response);
    if (response.ok) return readAnswer(await response.json(), call);
    const body = await response.text();
    const told = readRefusal(response.status, body);
    const own = ownError(body);
    const says = own?.description || told.says;
    if (SCHEMA_MISSED.test(says)) return failed("invalid_output", "it was not of the schema");
    if (!plain && NO_SCHEMAS.test(says)) {
      withoutSchema.add(model);
      return await ask(call, signal);
    }
    const type = own === null ? told.type : String(own.internalCode);
    const refusal = { status: response.status, type, says };
    const isRefused =
      own !== null &&
      (own.internalCode === ALLOCATION_USED_UP || MODEL_REFUSED.has(own.internalCode));
    const kind = isRefused ? "refused_access" : kindOf(refusal);
    return failed(kind, refusalMessage(refusal), undefined, retryAfterMs(response.headers, now()));
  }

  return {
    provider: "workers-ai",
    model,
    thinkingTokens,
    ask: (call, signal) =>
      ask(call, signal).catch((error: unknown) => failed("network", unreadable(error))),
  };
}

function ownError(body: string): z.infer<typeof OwnErrorSchema> | null {
  try {
    return OwnErrorSchema.safeParse(JSON.parse(body)).data ?? null;
  } catch {
    return null;
  }
}
