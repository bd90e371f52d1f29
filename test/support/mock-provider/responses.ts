/** What goes over the wire: errors, answers as JSON, answers as server-sent events. */
import type { ServerResponse } from "node:http";
import { agentAnswer, cairnAnswer, isCairnCall } from "./answers.ts";
import type { ContentBlock, MessagesRequest, Outcome, OutcomeKind } from "./protocol.ts";

export const CHARS_PER_TOKEN = 4;

export function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(value));
}

export function sendError(
  response: ServerResponse,
  status: number,
  type: string,
  message: string,
  headers: Record<string, string> = {},
): void {
  sendJson(response, status, { type: "error", error: { type, message } }, headers);
}

/** Answers with an error of the outcome's kind, if it is one that ends before a model speaks. */
export function sendFailure(response: ServerResponse, outcome: Outcome): boolean {
  switch (outcome.kind) {
    case "rate_limited":
      sendError(response, 429, "rate_limit_error", "Number of requests exceeds your rate limit.", {
        ...(outcome.retryAfter !== undefined && { "retry-after": outcome.retryAfter }),
        ...(outcome.retryAfterMs !== undefined && { "retry-after-ms": outcome.retryAfterMs }),
      });
      return true;
    case "quota":
      sendError(response, 429, "rate_limit_error", "You have exceeded your current quota.");
      return true;
    case "overloaded":
      sendError(response, 529, "overloaded_error", "Overloaded");
      return true;
    case "server_error":
      sendError(response, 500, "api_error", "Internal server error");
      return true;
    case "too_long":
      sendError(response, 400, "invalid_request_error", "prompt is too long: 210000 > 200000");
      return true;
    case "bad_request":
      sendError(response, 400, "invalid_request_error", "messages: something in it is not allowed");
      return true;
    case "unauthorized":
      sendError(response, 401, "authentication_error", "invalid x-api-key");
      return true;
    case "no_model":
      sendError(response, 404, "not_found_error", "model: there is none of this name");
      return true;
    case "credit":
      sendError(
        response,
        400,
        "invalid_request_error",
        "Your credit balance is too low to access the Anthropic API.",
      );
      return true;
    default:
      return false;
  }
}

export interface Reply {
  content: ContentBlock[];
  stopReason: string;
}

/** An answer that ended by itself. */
export function replyOf(content: ContentBlock[]): Reply {
  const tools = content.some((block) => block.type === "tool_use");
  return { content, stopReason: tools ? "tool_use" : "end_turn" };
}

/** What a coding agent is told to do. */
export interface AgentScript {
  commands: readonly string[];
  closing: string;
}

/** What the model says for outcomes that reach it. */
export function modelReply(body: MessagesRequest, kind: OutcomeKind, agent: AgentScript): Reply {
  if (kind === "refusal") return { content: [], stopReason: "refusal" };
  if (!isCairnCall(body)) {
    return replyOf(agentAnswer(body, agent.commands, agent.closing));
  }
  const text = (value: string): ContentBlock[] => [{ type: "text", text: value }];
  if (kind === "wrong_json") {
    return { content: text('{"notes": [1, 2, 3]}'), stopReason: "end_turn" };
  }
  if (kind === "not_json") {
    return { content: text("Sure! Here is what happened."), stopReason: "end_turn" };
  }
  const answer = cairnAnswer(body, kind);
  if (kind === "max_tokens") {
    return { content: text(answer.slice(0, answer.length >> 1)), stopReason: "max_tokens" };
  }
  return { content: text(answer), stopReason: "end_turn" };
}

export function outputChars(content: ContentBlock[]): number {
  return content.reduce(
    (sum, block) =>
      sum + (block.type === "text" ? block.text.length : JSON.stringify(block.input).length),
    0,
  );
}

/** The server-sent events of a whole answer. */
function eventStream(message: Record<string, unknown>, reply: Reply, outputTokens: number): string {
  const lines: string[] = [];
  const send = (event: string, data: Record<string, unknown>): void => {
    lines.push(`event: ${event}\ndata: ${JSON.stringify({ type: event, ...data })}\n\n`);
  };
  send("message_start", { message: { ...message, content: [], stop_reason: null } });
  reply.content.forEach((block, index) => {
    const isText = block.type === "text";
    send("content_block_start", {
      index,
      content_block: isText ? { type: "text", text: "" } : { ...block, input: {} },
    });
    send("content_block_delta", {
      index,
      delta: isText
        ? { type: "text_delta", text: block.text }
        : { type: "input_json_delta", partial_json: JSON.stringify(block.input) },
    });
    send("content_block_stop", { index });
  });
  send("message_delta", {
    delta: { stop_reason: reply.stopReason, stop_sequence: null },
    usage: { output_tokens: outputTokens },
  });
  send("message_stop", {});
  return lines.join("");
}

export function sendReply(
  response: ServerResponse,
  body: MessagesRequest,
  reply: Reply,
  inputTokens: number,
  kind: OutcomeKind,
): void {
  const outputTokens = Math.ceil(outputChars(reply.content) / CHARS_PER_TOKEN);
  const message = {
    id: `msg_mock${Math.random().toString(36).slice(2)}`,
    type: "message",
    role: "assistant",
    model: body.model,
    content: reply.content,
    stop_reason: reply.stopReason,
    stop_sequence: null,
    ...(kind !== "no_usage" && {
      usage: {
        input_tokens: inputTokens,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        output_tokens: outputTokens,
      },
    }),
  };
  const stream = body.stream === true;
  const text = stream ? eventStream(message, reply, outputTokens) : JSON.stringify(message);
  sendText(response, text, stream ? "text/event-stream" : "application/json", kind === "cut_off");
}

/** A whole body, or its first half and then the end of the connection. */
export function sendText(
  response: ServerResponse,
  text: string,
  contentType: string,
  cutOff: boolean,
): void {
  response.writeHead(200, { "content-type": contentType });
  if (!cutOff) {
    response.end(text);
    return;
  }
  response.write(text.slice(0, text.length >> 1), () => response.destroy());
}
