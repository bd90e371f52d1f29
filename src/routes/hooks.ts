/** `POST /hooks/<agent>`: takes a hook's payload as the agent sends it, and answers in its shape. */
import { type Context, Hono } from "hono";
import { readConfig } from "../config.ts";
import { ApiError } from "../contract/errors.ts";
import { PROJECT_EXAMPLE } from "../contract/examples.ts";
import { HOOK_HEADERS, HookAnswerSchema, HookPayloadSchema } from "../contract/hooks.ts";
import { HOOK_BODY_MAX_BYTES } from "../contract/limits.ts";
import { AgentName } from "../contract/params.ts";
import type { AgentAdapter } from "../hooks/adapter.ts";
import { adapterForPayload, adapterOf } from "../hooks/adapters.ts";
import type { HookAction } from "../hooks/hook-action.ts";
import { readPlace } from "../hooks/hook-place.ts";
import { AGENT_NAMES } from "../hooks/registry.ts";
import type { AppEnv } from "../http/app-env.ts";
import { bodyFault, payloadOf, readHookBody } from "../http/body.ts";
import { callContext } from "../http/call-context.ts";
import { described } from "../http/described-route.ts";
import { sieveStream } from "../platform/json-sieve.ts";
import { truncate } from "../platform/truncate.ts";
import { type Captured, capture, captureStream, type HookOutcome } from "../service/capture.ts";

export const hookRoutes = new Hono<AppEnv>();

hookRoutes.post(
  "/:agent",
  described(
    {
      summary: "Takes a hook of an agent, as the agent sends it",
      detail:
        "What happened is stored before this answers; the same hook sent twice is stored once. The body is the agent's own payload (or several, as lines of JSON), and the answer has the form that the agent reads: with memory for its model where there is some.",
      forCapture: true,
      path: { agent: AgentName },
      headers: HOOK_HEADERS,
      body: HookPayloadSchema,
      answer: HookAnswerSchema,
      answerHeaders: {
        "X-Cairn-Event":
          "What became of it: `stored`, `duplicate`, `ignored`, `private`, `noted` or `unknown`",
      },
      errors: [
        "unknown_agent",
        "empty_body",
        "not_json",
        "incomplete_body",
        "too_large",
        "not_an_object",
        "no_hook_event_name",
        "invalid_session_id",
      ],
      example: {
        request: "/hooks/claude-code",
        headers: { "X-Cairn-Project": PROJECT_EXAMPLE, "X-Cairn-Branch": "main" },
        body: {
          session_id: "5f0c9c1e",
          cwd: "/home/dev/app",
          hook_event_name: "SessionStart",
          source: "startup",
        },
        answer: {
          hookSpecificOutput: {
            hookEventName: "SessionStart",
            additionalContext: "Last: one retry budget for all connections of a client (3-4568)",
          },
        },
      },
    },
    takeHook,
  ),
);

async function takeHook(c: Context<AppEnv>): Promise<Response> {
  const agent = c.req.param("agent") ?? "";
  const addressed = adapterOf(agent);
  if (addressed === null) {
    throw new ApiError(
      "unknown_agent",
      `no hooks of "${truncate(agent, 40)}" are known here; known: ${AGENT_NAMES.join(", ")}`,
    );
  }
  const sent = await readHookBody(c.req.raw);
  const adapter =
    adapterForPayload(agent, "payload" in sent ? sent.payload : sent.beginning) ?? addressed;
  const header = (name: string) => c.req.header(name) ?? null;
  const context = {
    eventId: header("X-Cairn-Event-Id"),
    at: header("X-Cairn-At"),
    now: c.get("arrivedAt"),
    ignoreGlobs: readConfig(c.env).ignoreGlobs,
  };
  const call = callContext(c);
  const from = { agent: adapter.name, place: readPlace(header) };
  const owner = "payload" in sent ? null : adapter.sessionOf(sent.beginning);
  if (!("payload" in sent) && owner !== null) {
    const became = await captureStream(call, { ...from, ...owner, context, body: sent });
    if ("fault" in became) throw bodyFault(became.fault);
    return answerOf(adapter, became.taken);
  }
  const payload =
    "payload" in sent
      ? sent.payload
      : payloadOf(await sieveStream(sent.stream(), HOOK_BODY_MAX_BYTES));
  const taken: Taken[] = [];
  for (const action of adapter.read(payload, context)) {
    if (action.do === "invalid") throw new ApiError(action.code, action.message);
    taken.push({ action, captured: await capture(call, { ...from, action }) });
  }
  return answerOf(adapter, taken);
}

interface Taken {
  action: HookAction;
  captured: Captured;
}

/** The answer to the last of a request's payloads, in the agent's form. */
function answerOf(adapter: AgentAdapter, taken: readonly Taken[]): Response {
  let body: object = {};
  let became: HookOutcome = "unknown";
  for (const { action, captured } of taken) {
    if (action.do === "invalid") throw new ApiError(action.code, action.message);
    became = captured.outcome;
    body = adapter.answer(action.hookEventName, captured);
  }
  // As `c.json` would, in one step instead of three: every tool call of an agent waits for this.
  return new Response(JSON.stringify(body), {
    headers: { "Content-Type": "application/json", "X-Cairn-Event": became },
  });
}
