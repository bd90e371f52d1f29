/**
 * The same mock behind two other doors: OpenAI's chat completions, as the many servers that speak
 * them, and what the platform's binding for Workers AI posts. Requests are put into the words of the
 * Messages API; outcomes go out as each side tells them.
 */
import type { ServerResponse } from "node:http";
import type { JsonSchema, MessagesRequest, Outcome, OutcomeKind } from "./protocol.ts";
import { type Reply, sendJson, sendText } from "./responses.ts";

interface ChatMessage {
  role: string;
  content: string;
}

/** What is read of a request for a chat completion. */
interface ChatRequest {
  model?: string;
  messages: ChatMessage[];
  max_tokens?: number;
  max_completion_tokens?: number;
  tools?: { function: { name: string } }[];
  response_format?: { type: string; json_schema?: { schema?: JsonSchema } & JsonSchema };
}

/** A schema in words, for servers that hold to none: the last line of what the model is told. */
function schemaInWords(system: string): JsonSchema | undefined {
  const last = system.slice(system.lastIndexOf("\n") + 1);
  return last.startsWith("{") ? (JSON.parse(last) as JsonSchema) : undefined;
}

export function fromChat(request: ChatRequest, model = request.model ?? ""): MessagesRequest {
  const system = request.messages
    .filter(({ role }) => role === "system")
    .map(({ content }) => content)
    .join("\n");
  const asked = request.response_format?.json_schema;
  const schema = asked?.schema ?? asked ?? schemaInWords(system);
  return {
    model,
    max_tokens: request.max_completion_tokens ?? request.max_tokens ?? 0,
    system,
    messages: request.messages.filter(({ role }) => role !== "system"),
    ...(schema !== undefined && { output_config: { format: { type: "json_schema", schema } } }),
  };
}

/** What the binding posts: the model's name is in a header. */
export function fromBinding(body: { inputs: ChatRequest }, model: string): MessagesRequest {
  return fromChat(body.inputs, model);
}

type Told = [status: number, code: string, message: string];

const CHAT_ERRORS: Partial<Record<OutcomeKind, Told>> = {
  rate_limited: [429, "rate_limit_exceeded", "Rate limit reached for requests per min."],
  quota: [429, "insufficient_quota", "You exceeded your current quota, please check your plan."],
  overloaded: [503, "service_unavailable", "The engine is currently overloaded."],
  server_error: [500, "server_error", "The server had an error."],
  too_long: [400, "context_length_exceeded", "This model's maximum context length is 8192 tokens."],
  bad_request: [400, "invalid_request_error", "messages: something in it is not allowed"],
  unauthorized: [401, "invalid_api_key", "Incorrect API key provided: mock."],
  credit: [402, "insufficient_balance", "Insufficient Balance"],
  no_model: [404, "model_not_found", 'model "mock" not found, try pulling it first'],
};

const BINDING_ERRORS: Partial<Record<OutcomeKind, [status: number, code: number, says: string]>> = {
  rate_limited: [429, 3040, "Capacity temporarily exceeded, please try again."],
  quota: [429, 3036, "You have used up your daily free allocation of 10,000 neurons."],
  overloaded: [503, 3050, "Overloaded"],
  server_error: [500, 3043, "Internal server error"],
  too_long: [
    413,
    5021,
    "The estimated number of input and maximum output tokens exceeded this model context window limit",
  ],
  bad_request: [400, 5006, "must have required property 'prompt'"],
  unauthorized: [403, 3023, "Account is blocked"],
  credit: [403, 3041, "Account not allowed"],
  no_model: [400, 5007, "No such model or task"],
};

function waits({ retryAfter, retryAfterMs }: Outcome): Record<string, string> {
  return {
    ...(retryAfter !== undefined && { "retry-after": retryAfter }),
    ...(retryAfterMs !== undefined && { "retry-after-ms": retryAfterMs }),
  };
}

/** Answers with an error of the outcome's kind, if it is one that ends before a model speaks. */
export function sendChatFailure(
  response: ServerResponse,
  outcome: Outcome,
  request: ChatRequest,
): boolean {
  const isRefused = outcome.kind === "no_schema" && request.response_format !== undefined;
  const told: Told | undefined = isRefused
    ? [400, "invalid_request_error", "This response_format type is unavailable now"]
    : CHAT_ERRORS[outcome.kind];
  if (told === undefined) return false;
  const [status, code, message] = told;
  sendJson(response, status, { error: { message, type: code, code } }, waits(outcome));
  return true;
}

export function sendBindingFailure(
  response: ServerResponse,
  outcome: Outcome,
  request: ChatRequest,
): boolean {
  const isRefused = outcome.kind === "no_schema" && request.response_format !== undefined;
  const told = isRefused
    ? ([400, 5025, "This model doesn't support JSON Schema."] as const)
    : BINDING_ERRORS[outcome.kind];
  if (told === undefined) return false;
  const [status, internalCode, description] = told;
  sendJson(
    response,
    status,
    { name: "InferenceUpstreamError", internalCode, description, httpCode: status },
    waits(outcome),
  );
  return true;
}

function textOf({ content }: Reply): string {
  return content.map((block) => (block.type === "text" ? block.text : "")).join("");
}

const FINISH: Record<string, string> = { max_tokens: "length", refusal: "stop", end_turn: "stop" };

export function sendChatReply(
  response: ServerResponse,
  model: string,
  reply: Reply,
  usage: { input: number; output: number },
  kind: OutcomeKind,
): void {
  const isRefusal = reply.stopReason === "refusal";
  const completion = {
    id: "chatcmpl-mock",
    object: "chat.completion",
    model,
    choices: [
      {
        index: 0,
        finish_reason: FINISH[reply.stopReason] ?? "stop",
        message: {
          role: "assistant",
          content: isRefusal ? null : textOf(reply),
          refusal: isRefusal ? "I cannot help with that." : null,
        },
      },
    ],
    ...(kind !== "no_usage" && {
      usage: {
        prompt_tokens: usage.input,
        completion_tokens: usage.output,
        total_tokens: usage.input + usage.output,
      },
    }),
  };
  sendText(response, JSON.stringify(completion), "application/json", kind === "cut_off");
}

/** The platform's own form; what newer models answer with there is a chat completion. */
export function sendBindingReply(
  response: ServerResponse,
  model: string,
  reply: Reply,
  usage: { input: number; output: number },
  kind: OutcomeKind,
): void {
  if (reply.stopReason !== "end_turn") {
    sendChatReply(response, model, reply, usage, kind);
    return;
  }
  const text = textOf(reply);
  const body = {
    // Held to a schema, it is given as the object that it is.
    response: text.startsWith("{") ? (JSON.parse(text) as object) : text,
    ...(kind !== "no_usage" && {
      usage: { prompt_tokens: usage.input, completion_tokens: usage.output },
    }),
  };
  sendText(response, JSON.stringify(body), "application/json", kind === "cut_off");
}
