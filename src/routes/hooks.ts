/** `POST /hooks/<agent>`: takes a hook's payload as the agent sends it, and answers in its shape. */

import { Hono } from "hono";
import type { Caller } from "../access/caller.ts";
import { readConfig } from "../config.ts";
import { ApiError } from "../contract/errors.ts";
import type { Sender } from "../durable/session/intake/intake.ts";
import type { HookAction } from "../hooks/hook-action.ts";
import { AGENT_NAMES, adapterOf } from "../hooks/registry.ts";
import type { AppEnv } from "../http/app-env.ts";
import { HOOK_BODY_MAX_BYTES, readJson } from "../http/body.ts";
import { folderProject, normaliseProject } from "../memory/project-name.ts";
import { sessionObjectName } from "../memory/session-name.ts";
import { log } from "../platform/log.ts";
import { truncate } from "../platform/truncate.ts";
import { redact } from "../privacy/redaction.ts";
import { promptMemory, readMemory, startMemory } from "../service/memory-for-hooks.ts";

/** What became of a hook, in the header `X-Cairn-Event` (DESIGN section 7). */
type EventHeader = "stored" | "duplicate" | "private" | "ignored" | "noted" | "unknown";

/** Longest branch or commit that is believed, in characters. */
const GIT_NAME_MAX_CHARS = 200;

export const hookRoutes = new Hono<AppEnv>();

hookRoutes.post("/:agent", async (c) => {
  const agent = c.req.param("agent");
  const adapter = adapterOf(agent);
  if (adapter === null) {
    throw new ApiError(
      400,
      "unknown_agent",
      `no hooks of "${truncate(agent, 40)}" are known here; known: ${AGENT_NAMES.join(", ")}`,
    );
  }
  const payload = await readJson(c.req.raw, HOOK_BODY_MAX_BYTES);
  const now = c.get("arrivedAt");
  const actions = adapter.read(payload, {
    eventId: c.req.header("X-Cairn-Event-Id") ?? null,
    at: c.req.header("X-Cairn-At") ?? null,
    now,
    ignoreGlobs: readConfig(c.env).ignoreGlobs,
  });
  const headers = {
    project: c.req.header("X-Cairn-Project") ?? null,
    branch: c.req.header("X-Cairn-Branch") ?? null,
    commit: c.req.header("X-Cairn-Commit") ?? null,
  };
  let body: object = {};
  for (const action of actions) {
    if (action.do === "invalid") throw new ApiError(400, action.code, action.message);
    const { header, context } = await perform(c.env, c.get("caller"), agent, action, headers, now);
    c.header("X-Cairn-Event", header);
    body = adapter.answer(action.hookEventName, { context });
  }
  return c.json(body);
});

/** Tells the session what happened, and asks for memory where the agent may be given some. */
async function perform(
  env: Env,
  caller: Caller,
  agent: string,
  action: Exclude<HookAction, { do: "invalid" }>,
  headers: { project: string | null; branch: string | null; commit: string | null },
  now: number,
): Promise<Performed> {
  if (action.do === "unknown") return nothing("unknown");
  if (action.do === "ignore") return nothing("ignored");
  if (action.do === "note") return nothing("noted");
  const name = { team: caller.team, agent, sessionId: action.sessionId };
  const session = env.SESSIONS.getByName(sessionObjectName(name));
  const sender: Sender = {
    name,
    actor: caller.person,
    key: caller.key,
    project: headers.project === null ? null : normaliseProject(headers.project),
    folderProject: folderProject(caller.person, action.cwd ?? ""),
    cwd: action.cwd,
    branch: gitName(headers.branch),
    commit: gitName(headers.commit),
  };
  switch (action.do) {
    case "session_start": {
      const start = await session.start({ sender, source: action.source });
      const context = await startMemory({ env, caller, session, sender, start, now });
      return { header: "noted", context };
    }
    case "session_end":
      await session.end({});
      return nothing("noted");
    case "turn_failed":
      await session.turnFailed({});
      return nothing("noted");
    case "private_prompt":
      await session.privatePrompt({ sender, promptId: action.promptId });
      return nothing("private");
    case "event": {
      const { event } = action;
      const answer = await session.event({ sender, event });
      if (answer.outcome !== "stored") return nothing(answer.outcome);
      const asked = { env, caller, session, sender, answer, now };
      if (event.kind === "prompt") {
        const context = await promptMemory({ ...asked, prompt: event.body.text });
        return { header: "stored", context };
      }
      const context = await readMemory(asked);
      const header = event.skip === "ignored" ? "ignored" : "stored";
      return { header, context };
    }
  }
}

/** What became of the hook, and what its answer tells the agent. */
interface Performed {
  header: EventHeader;
  context: string | null;
}

function nothing(header: EventHeader): Performed {
  return { header, context: null };
}

/** A branch or commit of a header, without secrets; nonsense is left out, and never fails a hook. */
function gitName(value: string | null): string | null {
  const text = value?.trim() ?? "";
  if (text === "" || text.length > GIT_NAME_MAX_CHARS || /\p{C}/u.test(text)) {
    if (text !== "") log("info", "git_name_left_out", { chars: text.length });
    return null;
  }
  return redact(text);
}
