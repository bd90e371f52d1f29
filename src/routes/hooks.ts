/** `POST /hooks/<agent>`: takes a hook's payload as the agent sends it, and answers in its shape. */
import { Hono } from "hono";
import { readConfig } from "../config.ts";
import { ApiError } from "../contract/errors.ts";
import { readPlace } from "../hooks/hook-place.ts";
import { AGENT_NAMES, adapterForPayload, adapterOf } from "../hooks/registry.ts";
import type { AppEnv } from "../http/app-env.ts";
import { HOOK_BODY_MAX_BYTES, readJsonOrLines } from "../http/body.ts";
import { callContext } from "../http/call-context.ts";
import { truncate } from "../platform/truncate.ts";
import { capture } from "../service/capture.ts";

export const hookRoutes = new Hono<AppEnv>();

hookRoutes.post("/:agent", async (c) => {
  const agent = c.req.param("agent");
  const addressed = adapterOf(agent);
  if (addressed === null) {
    throw new ApiError(
      400,
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
  for (const action of actions) {
    if (action.do === "invalid") throw new ApiError(400, action.code, action.message);
    const { outcome, context, notice } = await capture(callContext(c), {
      agent: adapter.name,
      action,
      place,
    });
    c.header("X-Cairn-Event", outcome);
    body = adapter.answer(action.hookEventName, { context, notice });
  }
  return c.json(body);
});
