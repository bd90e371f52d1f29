/**
 * A model for real agents, without an account: OpenAI's Responses and Chat Completions, and Gemini's
 * API, as event streams. It has the agent call one tool after the other, and then says its closing text.
 */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * A call that the agent is told to make. `custom`: Codex's tools that take text instead of JSON;
 * `namespace`: where it keeps the tools of an MCP server.
 */
export type Step =
  | { tool: string; input: Record<string, unknown>; namespace?: string }
  | { tool: string; custom: string };

export interface MockModel {
  url: string;
  /** Bodies of all requests that offered tools, in their order, as JSON text. */
  requests: readonly string[];
  /** What the next turns do: begins where a user's message has `marker` in it. */
  arrange(steps: readonly Step[], closing: string): void;
  close(): Promise<void>;
}

interface Body {
  model?: string;
  stream?: boolean;
  tools?: unknown[];
  input?: unknown;
  messages?: Message[];
  contents?: Content[];
  generationConfig?: { responseJsonSchema?: unknown; responseSchema?: unknown };
}
interface Message {
  role: string;
  content: unknown;
}
interface Content {
  role?: string;
  parts?: Record<string, unknown>[];
}
type Item = Record<string, unknown>;

const USAGE = { input: 100, output: 10 };
const SIDE_ANSWER = "A short title";

function after<T>(items: readonly T[], isPrompt: (item: T) => boolean): T[] {
  return items.slice(items.findLastIndex(isPrompt) + 1);
}

const hasText = (value: unknown, text: string) => JSON.stringify(value ?? "").includes(text);

/** How many calls were answered since the person's prompt. */
function answered(body: Body, marker: string): number {
  if (Array.isArray(body.input)) {
    const items = body.input as Item[];
    const isPrompt = (item: Item) => item.role === "user" && hasText(item.content, marker);
    return after(items, isPrompt).filter(({ type }) => /call_output$/.test(String(type))).length;
  }
  if (body.messages !== undefined) {
    const isPrompt = (one: Message) => one.role === "user" && hasText(one.content, marker);
    return after(body.messages, isPrompt).filter(({ role }) => role === "tool").length;
  }
  // What a call gave back stands in a user's content too, and may hold an earlier prompt.
  const texts = ({ parts }: Content) => parts?.map(({ text }) => text);
  const isPrompt = (one: Content) => one.role === "user" && hasText(texts(one), marker);
  return after(body.contents ?? [], isPrompt)
    .flatMap(({ parts }) => parts ?? [])
    .filter((part) => part.functionResponse !== undefined).length;
}

export async function startMockModel(marker: string): Promise<MockModel> {
  let steps: readonly Step[] = [];
  let closing = "";
  let count = 0;
  const requests: string[] = [];

  function stepFor(body: Body, text: string): Step | string {
    const schema =
      body.generationConfig?.responseJsonSchema ?? body.generationConfig?.responseSchema;
    if (schema !== undefined) return jsonFor(JSON.stringify(schema));
    if ((body.tools ?? []).length === 0) return SIDE_ANSWER;
    requests.push(text);
    // A sub-agent, which is asked something else, only answers.
    if (!text.includes(marker)) return closing;
    return steps[answered(body, marker)] ?? closing;
  }

  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    count += 1;
    const path = request.url ?? "";
    const json = (value: unknown, status = 200) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(value));
    };
    if (path.includes(":countTokens")) return json({ totalTokens: USAGE.input });
    if (path.includes("/models") && request.method === "GET") {
      return json({ object: "list", data: [{ id: "mock", object: "model", owned_by: "mock" }] });
    }
    if (request.method !== "POST") return json({ error: { message: `no ${path} here` } }, 404);
    const body = JSON.parse(text || "{}") as Body;
    if (path.includes("/responses")) sendResponse(response, stepFor(body, text), count);
    else if (path.includes("/chat/completions")) {
      sendChat(response, body, stepFor(body, text), count);
    } else if (/:(?:stream)?generateContent/i.test(path)) {
      const answer = gemini(stepFor(body, text), count);
      if (path.includes(":stream")) sendEvents(response, [[null, answer]]);
      else json(answer);
    } else json({ error: { message: `no ${path} here` } }, 404);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    arrange(next, said) {
      steps = next;
      closing = said;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What Gemini CLI asks beside its work. */
function jsonFor(schema: string): string {
  if (schema.includes("next_speaker")) return '{"reasoning":"done","next_speaker":"user"}';
  if (schema.includes("model_choice")) return '{"reasoning":"simple","model_choice":"flash"}';
  return '{"complexity_reasoning":"simple","complexity_score":10}';
}

function sendEvents(response: ServerResponse, events: readonly [string | null, unknown][]): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const [name, data] of events) {
    if (name !== null) response.write(`event: ${name}\n`);
    response.write(`data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`);
  }
  response.end();
}

function itemOf(step: Step | string, n: number): Item {
  if (typeof step === "string") {
    const content = [{ type: "output_text", text: step, annotations: [] }];
    return { type: "message", id: `msg_${n}`, role: "assistant", status: "completed", content };
  }
  const call = { call_id: `call_${n}`, name: step.tool, status: "completed" };
  return "custom" in step
    ? { type: "custom_tool_call", id: `ctc_${n}`, ...call, input: step.custom }
    : {
        type: "function_call",
        id: `fc_${n}`,
        ...call,
        ...(step.namespace !== undefined && { namespace: step.namespace }),
        arguments: JSON.stringify(step.input),
      };
}

function sendResponse(response: ServerResponse, step: Step | string, n: number): void {
  const item = itemOf(step, n);
  const whole = { id: `resp_${n}`, object: "response", model: "mock", created_at: 1 };
  const usage = {
    input_tokens: USAGE.input,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: USAGE.output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: USAGE.input + USAGE.output,
  };
  const events: Item[] = [
    { type: "response.created", response: { ...whole, status: "in_progress", output: [] } },
    { type: "response.output_item.added", output_index: 0, item },
    ...(typeof step === "string"
      ? [
          {
            type: "response.output_text.delta",
            item_id: item.id,
            output_index: 0,
            content_index: 0,
            delta: step,
          },
        ]
      : []),
    { type: "response.output_item.done", output_index: 0, item },
    {
      type: "response.completed",
      response: { ...whole, status: "completed", output: [item], usage },
    },
  ];
  sendEvents(
    response,
    events.map((event) => [String(event.type), event]),
  );
}

function sendChat(response: ServerResponse, body: Body, step: Step | string, n: number): void {
  const calls =
    typeof step === "string" || "custom" in step
      ? null
      : [
          {
            index: 0,
            id: `call_${n}`,
            type: "function",
            function: { name: step.tool, arguments: JSON.stringify(step.input) },
          },
        ];
  const message =
    calls === null
      ? { role: "assistant", content: step }
      : { role: "assistant", content: null, tool_calls: calls };
  const finish_reason = calls === null ? "stop" : "tool_calls";
  const usage = {
    prompt_tokens: USAGE.input,
    completion_tokens: USAGE.output,
    total_tokens: USAGE.input + USAGE.output,
  };
  const whole = { id: `chatcmpl-${n}`, created: 1, model: body.model ?? "mock" };
  if (body.stream !== true) {
    response.writeHead(200, { "content-type": "application/json" });
    const choices = [{ index: 0, message, finish_reason }];
    response.end(JSON.stringify({ ...whole, object: "chat.completion", choices, usage }));
    return;
  }
  const chunk = (choices: unknown[], more = {}) => ({
    ...whole,
    object: "chat.completion.chunk",
    choices,
    ...more,
  });
  sendEvents(response, [
    [null, chunk([{ index: 0, delta: message, finish_reason: null }])],
    [null, chunk([{ index: 0, delta: {}, finish_reason }])],
    [null, chunk([], { usage })],
    [null, "[DONE]"],
  ]);
}

function gemini(step: Step | string, n: number): unknown {
  const part =
    typeof step === "string" || "custom" in step
      ? { text: step }
      : { functionCall: { id: `fc${n}`, name: step.tool, args: step.input } };
  return {
    candidates: [{ content: { role: "model", parts: [part] }, finishReason: "STOP", index: 0 }],
    usageMetadata: {
      promptTokenCount: USAGE.input,
      candidatesTokenCount: USAGE.output,
      totalTokenCount: USAGE.input + USAGE.output,
    },
    modelVersion: "mock",
    responseId: `r${n}`,
  };
}
