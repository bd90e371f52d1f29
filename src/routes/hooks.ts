/** `POST /hooks/<agent>`: takes a hook's payload as the agent sends it, and answers in its shape. */
import { type Context, Hono } from "hono";
import { readConfig } from "../config.ts";
import { ApiError } from "../contract/errors.ts";
import { PROJECT_EXAMPLE } from "../contract/examples.ts";
import { HOOK_HEADERS, HookAnswerSchema, HookPayloadSchema } from "../contract/hooks.ts";
import { AgentName } from "../contract/params.ts";
import { adapterForPayload, adapterOf } from "../hooks/adapters.ts";
import { readPlace } from "../hooks/hook-place.ts";
import { AGENT_NAMES } from "../hooks/registry.ts";
import type { AppEnv } from "../http/app-env.ts";
import { HOOK_BODY_MAX_BYTES, readJsonOrLines } from "../http/body.ts";
import { callContext } from "../http/call-context.ts";
import { described } from "../http/described-route.ts";
import { truncate } from "../platform/truncate.ts";
import { capture, type HookOutcome } from "../service/capture.ts";

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
  const payload = await readJsonOrLines(c.req.raw, HOOK_BODY_MAX_BYTES);
  const adapter = adapterForPayload(agent, payload) ?? addressed;
  const header = (name: string) => c.req.header(name) ?? null;
  const actions = adapter.read(payload, {
    eventId: header("X-Cairn-Event-Id"),
    at: header("X-Cairn-At"),
    now: c.get("arrivedAt"),
    ignoreGlobs: readConfig(c.env).ignoreGlobs,
  });
  const place = readPlace(header);
  let body: object = {};
  let became: HookOutcome = "unknown";
  for (const action of actions) {
    if (action.do === "invalid") throw new ApiError(action.code, action.message);
    const { outcome, context, notice } = await capture(callContext(c), {
      agent: adapter.name,
      action,
      place,
    });
    became = outcome;
    body = adapter.answer(action.hookEventName, { context, notice });
  }
  // As `c.json` would, in one step instead of three: every tool call of an agent waits for this.
  return new Response(JSON.stringify(body), {
    headers: { "Content-Type": "application/json", "X-Cairn-Event": became },
  });
}
