/**
 * The words of the mock model server: requests, outcomes, and its control calls.
 * No Node types here: tests inside workerd import this file too.
 */
import type {} from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** Base URL of the mock provider that the global set-up started. */
    mockProviderUrl: string;
  }
}

export interface TextBlock {
  type: "text";
  text: string;
}
export interface ToolUseBlock {
  type: "tool_use";
  id: string;
  name: string;
  input: Record<string, unknown>;
}
export type ContentBlock = TextBlock | ToolUseBlock;

/** What the mock reads of a request's body; the rest is left alone. */
export interface MessagesRequest {
  model: string;
  max_tokens: number;
  stream?: boolean;
  system?: string | { type: string; text?: string }[];
  messages: { role: string; content: string | { type: string; text?: string }[] }[];
  tools?: { name: string }[];
  output_config?: { format?: { type: string; schema?: JsonSchema } | null };
}

export interface JsonSchema {
  type?: string;
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  enum?: unknown[];
  anyOf?: JsonSchema[];
}

export type OutcomeKind =
  | "ok"
  | "slow" // a sound answer after `ms`
  | "rate_limited" // 429, with `retryAfter` as the header's text where given
  | "quota" // 429 that no waiting mends
  | "overloaded" // 529
  | "server_error" // 500
  | "cut_off" // the body ends in the middle and the connection closes
  | "wrong_json" // valid JSON, not of the schema
  | "not_json" // prose instead of JSON
  | "max_tokens" // a sound answer cut at max_tokens
  | "refusal" // stop_reason "refusal"
  | "too_long" // 400 "prompt is too long"
  | "bad_request" // 400 of another kind
  | "unauthorized" // 401
  | "credit" // 400 "credit balance is too low"
  | "hang" // never answers
  | "no_usage" // a sound answer without figures
  | "no_schema" // refuses that a schema is asked for; elsewhere than at Anthropic's a sound answer
  | "no_model" // there is no such model
  | "invented_refs" // cites events that do not exist, beside those that do
  | "half_cited" // says nothing about every second event
  | "sloppy"; // unknown types and concepts, titles far too long

export interface Outcome {
  kind: OutcomeKind;
  /** slow: milliseconds before the answer. */
  ms?: number;
  /** rate_limited: the text of `retry-after`: seconds or an HTTP date. */
  retryAfter?: string;
  /** rate_limited: the text of `retry-after-ms`. */
  retryAfterMs?: string;
}

/** The protocols that it speaks. */
export type Protocol = "messages" | "chat-completions" | "workers-ai";

/** One request as the mock saw it, in order of arrival. */
export interface RequestRecord {
  n: number;
  protocol: Protocol;
  outcome: OutcomeKind;
  /** A call of Cairn's observer, told by its output schema. */
  cairn: boolean;
  stream: boolean;
  /** Characters of system, messages, tools and output schema. */
  textChars: number;
  /** Characters of the whole body as sent. */
  bodyChars: number;
  outputChars: number;
  /** In the words of the Messages API, whatever the protocol. */
  body: MessagesRequest;
  /** As sent. */
  sent: Record<string, unknown>;
  headers: Record<string, string | string[] | undefined>;
}

export interface Stats {
  requests: number;
  cairnRequests: number;
  outcomes: Partial<Record<OutcomeKind, number>>;
  textChars: number;
  bodyChars: number;
  outputChars: number;
  /** Requests that are being answered at this moment, hanging ones included. */
  open: number;
}

/** Body of `POST /control`. What is not given stays as it is. */
export interface Control {
  /** Outcomes of the next requests, in order; the mix applies once it is empty. */
  queue?: (Outcome | OutcomeKind)[];
  /** Share of requests that meet trouble, 0 to 1. */
  trouble?: number;
  /** Kinds of trouble and their weights. */
  mix?: Partial<Record<OutcomeKind, number>>;
  seed?: number;
  /** Commands that a coding agent is told to run, one tool call each. */
  commands?: string[];
  /** The coding agent's closing text. */
  closing?: string;
  /** Forgets records and counts. */
  reset?: boolean;
}

/**
 * The mock from outside. Each scope has a queue, a mix and records of its own, so tests that run
 * side by side share one server: give `url` to the client as its base URL.
 */
export class MockScope {
  readonly url: string;

  constructor(serverUrl: string, scope: string) {
    this.url = `${serverUrl}/s/${encodeURIComponent(scope)}`;
  }

  async control(change: Control): Promise<void> {
    const response = await fetch(`${this.url}/control`, {
      method: "POST",
      body: JSON.stringify(change),
    });
    if (!response.ok) throw new Error(`mock provider: ${response.status} ${await response.text()}`);
    await response.body?.cancel();
  }

  async requests(): Promise<RequestRecord[]> {
    return (await (await fetch(`${this.url}/requests`)).json()) as RequestRecord[];
  }

  async stats(): Promise<Stats> {
    return (await (await fetch(`${this.url}/stats`)).json()) as Stats;
  }
}
