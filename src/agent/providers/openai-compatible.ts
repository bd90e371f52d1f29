/**
 * Whatever answers at `<base URL>/chat/completions` as OpenAI does: OpenAI, OpenRouter, DeepSeek,
 * Ollama, LM Studio, vLLM. By plain `fetch`: docs/decisions/openai-by-fetch.md.
 */

import { readCompletion, readRefusal, withSchema } from "./chat-completions.ts";
import { kindOf, refusalMessage, retryAfterMs, unanswered, unreadable } from "./failure.ts";
import { failed, type Model, type ModelAnswer, type ModelCall, thinkingRoom } from "./model.ts";

const OPENAI_BASE_URL = "https://api.openai.com/v1";

export interface OpenAiCompatibleOptions {
  /** Without a slash at its end; null: OpenAI's own. */
  baseURL: string | null;
  /** Null for servers that ask for none, as those on one's own machine. */
  apiKey: string | null;
  model: string;
  now?: () => number;
}

/** How a server wants to be asked, as far as servers differ. */
interface Manner {
  /** A schema that the server holds the model to; any JSON; or words alone. */
  form: "json_schema" | "json_object" | "words";
  limit: "max_tokens" | "max_completion_tokens";
}

/** Of servers that refused one manner, by address and model, for as long as this isolate lives. */
const learnt = new Map<string, Manner>();

function firstManner(baseURL: string): Manner {
  const { hostname } = new URL(baseURL);
  return {
    // It refuses every schema, so it need not be asked.
    form: hostname === "api.deepseek.com" ? "json_object" : "json_schema",
    limit: hostname === "api.openai.com" ? "max_completion_tokens" : "max_tokens",
  };
}

/** The manner to try after a refusal that names a field of the request; null where none helps. */
function nextManner(manner: Manner, status: number, says: string): Manner | null {
  if (status !== 400 && status !== 422 && status !== 501) return null;
  if (/response_format|json_schema|json_object|structured output|json mode/i.test(says)) {
    if (manner.form === "json_schema") return { ...manner, form: "json_object" };
    return manner.form === "json_object" ? { ...manner, form: "words" } : null;
  }
  if (manner.limit === "max_tokens" && says.includes("max_completion_tokens")) {
    return { ...manner, limit: "max_completion_tokens" };
  }
  if (manner.limit === "max_completion_tokens" && /max_completion_tokens/.test(says)) {
    return { ...manner, limit: "max_tokens" };
  }
  return null;
}

function responseFormat({ form }: Manner, { schema }: ModelCall): object {
  if (schema === null || form === "words") return {};
  if (form === "json_object") return { response_format: { type: "json_object" } };
  const json_schema = { name: "memory", strict: true, schema };
  return { response_format: { type: "json_schema", json_schema } };
}

/** At most one manner is given up with each call, and there are three forms and two limits. */
const MANNERS_MAX = 4;

export function openAiCompatibleModel(options: OpenAiCompatibleOptions): Model {
  const { model, apiKey, now = Date.now } = options;
  const baseURL = options.baseURL ?? OPENAI_BASE_URL;
  const address = `${baseURL}/chat/completions`;
  const place = `${baseURL} ${model}`;
  const thinkingTokens = thinkingRoom(model);

  function bodyOf(call: ModelCall, manner: Manner): string {
    const system = manner.form === "json_schema" ? call.system : withSchema(call);
    return JSON.stringify({
      model,
      messages: [
        { role: "system", content: system },
        { role: "user", content: call.message },
      ],
      [manner.limit]: call.maxTokens + thinkingTokens,
      ...responseFormat(manner, call),
    });
  }

  async function post(body: string, signal: AbortSignal): Promise<Response> {
    return await fetch(address, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(apiKey !== null && { authorization: `Bearer ${apiKey}` }),
      },
      body,
      // A key follows no redirect.
      redirect: "manual",
      signal,
    });
  }

  async function ask(call: ModelCall, signal: AbortSignal): Promise<ModelAnswer> {
    let manner = learnt.get(place) ?? firstManner(baseURL);
    for (let tries = 1; ; tries += 1) {
      const response = await post(bodyOf(call, manner), signal).catch(unanswered);
      if (typeof response === "string") return failed("network", response);
      if (response.ok) {
        learnt.set(place, manner);
        return readCompletion(await response.json(), call);
      }
      const refusal = readRefusal(response.status, await response.text());
      const next = nextManner(manner, response.status, refusal.says);
      if (next === null || tries === MANNERS_MAX) {
        const wait = retryAfterMs(response.headers, now());
        return failed(kindOf(refusal), refusalMessage(refusal), undefined, wait);
      }
      manner = next;
    }
  }

  return {
    provider: "openai-compatible",
    model,
    thinkingTokens,
    ask: (call, signal) =>
      ask(call, signal).catch((error: unknown) => failed("network", unreadable(error))),
  };
}
