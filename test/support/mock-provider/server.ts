/**
 * A mock model server with a temper: it speaks Anthropic's Messages API (JSON and server-sent
 * events), OpenAI's chat completions and what the binding for Workers AI posts, answers Cairn's
 * observer and a coding agent, and makes trouble by queue or by seed.
 *
 *   node test/support/mock-provider/server.ts --port 9320 --seed 7 --trouble 0.3
 *
 * `POST /v1/messages`, `POST /v1/chat/completions`, `POST /run`, `GET /stats`, `GET /requests`, `POST /control`; the same below `/s/<scope>`,
 * where each scope has a state of its own.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { isCairnCall, textChars } from "./answers.ts";
import {
  fromBinding,
  fromChat,
  sendBindingFailure,
  sendBindingReply,
  sendChatFailure,
  sendChatReply,
} from "./other-protocols.ts";
import type {
  ContentBlock,
  Control,
  MessagesRequest,
  Outcome,
  OutcomeKind,
  Protocol,
  RequestRecord,
  Stats,
} from "./protocol.ts";
import {
  CHARS_PER_TOKEN,
  modelReply,
  outputChars,
  replyOf,
  sendError,
  sendFailure,
  sendJson,
  sendReply,
} from "./responses.ts";
import { DEFAULT_MIX, drawOutcome } from "./trouble.ts";

/** Records kept per scope; the counts go on beyond it. */
const RECORDS_MAX = 5000;
const SLOW_DEFAULT_MS = 300;

const PROTOCOLS: Record<string, Protocol> = {
  "POST /v1/messages": "messages",
  "POST /v1/chat/completions": "chat-completions",
  "POST /run": "workers-ai",
};

/** Decides a reply itself, or leaves it to the queue and the mix with null. `n` counts from 1. */
export type Script = (
  body: MessagesRequest,
  n: number,
) => Outcome | { content: ContentBlock[] } | null;

export interface MockProviderOptions {
  /** 0, the default: any free port. */
  port?: number;
  seed?: number;
  trouble?: number;
  mix?: Partial<Record<OutcomeKind, number>>;
  commands?: string[];
  closing?: string;
  script?: Script;
}

export interface MockProvider {
  url: string;
  port: number;
  /** Records of the scope that has no name. */
  requests(): RequestRecord[];
  stats(): Stats;
  control(change: Control): void;
  close(): Promise<void>;
}

interface ScopeState {
  queue: Outcome[];
  trouble: number;
  mix: Partial<Record<OutcomeKind, number>>;
  seed: number;
  commands: string[];
  closing: string;
  records: RequestRecord[];
  stats: Stats;
  /** Content hash key -> how often it came, so that a retry draws a new lot. */
  seen: Map<string, number>;
}

const DEFAULT_COMMANDS = ["echo hello from the mock model", "cat does-not-exist.txt"];
const DEFAULT_CLOSING = "Done: the greeting was printed; does-not-exist.txt is not there.";

function noStats(): Stats {
  return {
    requests: 0,
    cairnRequests: 0,
    outcomes: {},
    textChars: 0,
    bodyChars: 0,
    outputChars: 0,
    open: 0,
  };
}

function applyControl(state: ScopeState, change: Control): void {
  if (change.queue !== undefined) {
    state.queue = change.queue.map((item) => (typeof item === "string" ? { kind: item } : item));
  }
  state.trouble = change.trouble ?? state.trouble;
  state.mix = change.mix ?? state.mix;
  state.seed = change.seed ?? state.seed;
  state.commands = change.commands ?? state.commands;
  state.closing = change.closing ?? state.closing;
  if (change.reset === true) {
    state.records = [];
    state.stats = { ...noStats(), open: state.stats.open };
    state.seen.clear();
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/** Starts the mock. Requests of a hanging kind are let go when it closes. */
export async function startMockProvider(options: MockProviderOptions = {}): Promise<MockProvider> {
  const scopes = new Map<string, ScopeState>();

  function scopeOf(name: string): ScopeState {
    let state = scopes.get(name);
    if (state === undefined) {
      state = {
        queue: [],
        trouble: options.trouble ?? 0,
        mix: options.mix ?? DEFAULT_MIX,
        seed: options.seed ?? 1,
        commands: options.commands ?? DEFAULT_COMMANDS,
        closing: options.closing ?? DEFAULT_CLOSING,
        records: [],
        stats: noStats(),
        seen: new Map(),
      };
      scopes.set(name, state);
    }
    return state;
  }

  function chooseOutcome(
    state: ScopeState,
    body: MessagesRequest,
    text: string,
  ): Outcome | { content: ContentBlock[] } {
    const scripted = options.script?.(body, state.stats.requests) ?? null;
    if (scripted !== null) return scripted;
    const queued = state.queue.shift();
    if (queued !== undefined) return queued;
    // Only the observer meets trouble by chance: an agent's own calls have to go through.
    if (!isCairnCall(body) || state.trouble === 0) return { kind: "ok" };
    const before = state.seen.get(text) ?? 0;
    state.seen.set(text, before + 1);
    return drawOutcome(state.seed, text, before, state.trouble, state.mix);
  }

  /** A request in the words of the Messages API; throws where it is none of the protocol's. */
  function read(protocol: Protocol, text: string, request: IncomingMessage): MessagesRequest {
    const body = JSON.parse(text);
    const model = String(request.headers["cf-consn-model-id"] ?? "");
    const read: MessagesRequest =
      protocol === "messages"
        ? body
        : protocol === "chat-completions"
          ? fromChat(body)
          : fromBinding(body, model);
    if (!Array.isArray(read.messages)) throw new Error("messages: field required");
    return read;
  }

  function sendTrouble(
    protocol: Protocol,
    response: ServerResponse,
    outcome: Outcome,
    text: string,
  ): boolean {
    if (protocol === "messages") return sendFailure(response, outcome);
    const body = JSON.parse(text);
    return protocol === "chat-completions"
      ? sendChatFailure(response, outcome, body)
      : sendBindingFailure(response, outcome, body.inputs);
  }

  async function answerModelCall(
    state: ScopeState,
    protocol: Protocol,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const text = await readBody(request);
    let body: MessagesRequest;
    try {
      body = read(protocol, text, request);
    } catch (error) {
      sendError(response, 400, "invalid_request_error", String(error));
      return;
    }
    state.stats.requests += 1;
    const choice = chooseOutcome(state, body, text);
    const outcome: Outcome = "kind" in choice ? choice : { kind: "ok" };
    const cairn = isCairnCall(body);
    const record: RequestRecord = {
      n: state.stats.requests,
      protocol,
      outcome: outcome.kind,
      cairn,
      stream: body.stream === true,
      textChars: textChars(body),
      bodyChars: text.length,
      outputChars: 0,
      body,
      sent: JSON.parse(text),
      headers: request.headers,
    };
    if (state.records.length < RECORDS_MAX) state.records.push(record);
    if (cairn) state.stats.cairnRequests += 1;
    state.stats.outcomes[outcome.kind] = (state.stats.outcomes[outcome.kind] ?? 0) + 1;
    state.stats.textChars += record.textChars;
    state.stats.bodyChars += record.bodyChars;
    state.stats.open += 1;
    response.once("close", () => {
      state.stats.open -= 1;
    });
    if (outcome.kind === "hang" || sendTrouble(protocol, response, outcome, text)) return;
    if (outcome.kind === "slow") {
      await new Promise((resolve) => setTimeout(resolve, outcome.ms ?? SLOW_DEFAULT_MS));
    }
    const reply =
      "content" in choice ? replyOf(choice.content) : modelReply(body, outcome.kind, state);
    record.outputChars = outputChars(reply.content);
    state.stats.outputChars += record.outputChars;
    const input = Math.ceil(record.textChars / CHARS_PER_TOKEN);
    const output = Math.ceil(record.outputChars / CHARS_PER_TOKEN);
    if (protocol === "messages") {
      sendReply(response, body, reply, input, outcome.kind);
    } else {
      const send = protocol === "chat-completions" ? sendChatReply : sendBindingReply;
      send(response, body.model, reply, { input, output }, outcome.kind);
    }
  }

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? "/", "http://mock").pathname;
    const scoped = /^\/s\/([^/]+)(\/.*)$/.exec(path);
    const state = scopeOf(scoped?.[1] ?? "");
    const call = `${request.method} ${scoped?.[2] ?? path}`;
    const protocol = PROTOCOLS[call];
    if (protocol !== undefined) return answerModelCall(state, protocol, request, response);
    if (call === "POST /v1/messages/count_tokens") {
      const text = await readBody(request);
      return sendJson(response, 200, { input_tokens: Math.ceil(text.length / CHARS_PER_TOKEN) });
    }
    if (call === "GET /stats") return sendJson(response, 200, state.stats);
    if (call === "GET /requests") return sendJson(response, 200, state.records);
    if (call === "POST /control") {
      applyControl(state, JSON.parse(await readBody(request)) as Control);
      return sendJson(response, 200, { ok: true });
    }
    if (request.method === "HEAD" || call === "GET /") return sendJson(response, 200, {});
    sendError(response, 404, "not_found_error", `the mock does not know ${call}`);
  }

  const server = createServer((request, response) => {
    route(request, response).catch((error: unknown) => {
      if (!response.headersSent) sendError(response, 500, "api_error", String(error));
      else response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const port = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests: () => scopeOf("").records,
    stats: () => scopeOf("").stats,
    control: (change) => applyControl(scopeOf(""), change),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "9320" },
      seed: { type: "string", default: "1" },
      trouble: { type: "string", default: "0" },
    },
  });
  const mock = await startMockProvider({
    port: Number(values.port),
    seed: Number(values.seed),
    trouble: Number(values.trouble),
  });
  console.log(
    `mock provider ready on ${mock.url} (seed ${values.seed}, trouble ${values.trouble})`,
  );
}
