/** The Worker over HTTP, as a client sees it. */
import { exports } from "cloudflare:workers";
import { expectDescribed } from "./described-answer.ts";

export const KEY = `cairn_local_test0001_${"t".repeat(40)}`;
export const OTHER_KEY = `cairn_other_test0002_${"o".repeat(40)}`;

const ORIGIN = "http://cairn.test";

/**
 * One request with the local team's key; `headers` may replace it. Fails where the answer is not as
 * its route describes it.
 */
export async function call(
  method: string,
  path: string,
  init: { body?: BodyInit; headers?: Record<string, string> } = {},
): Promise<Response> {
  const response = await exports.default.fetch(
    new Request(`${ORIGIN}${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${KEY}`,
        "Content-Type": "application/json",
        ...init.headers,
      },
      ...(init.body === undefined ? {} : { body: init.body }),
    }),
  );
  await expectDescribed(method, path, response);
  return response;
}

/** Posts a hook of Claude Code; answers with the status, what became of it, and the body. */
export async function hook(payload: unknown, headers: Record<string, string> = {}) {
  const body = typeof payload === "string" ? payload : JSON.stringify(payload);
  const response = await call("POST", "/hooks/claude-code", { body, headers });
  return {
    status: response.status,
    event: response.headers.get("X-Cairn-Event"),
    // biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests are about
    body: (await response.json()) as any,
  };
}

export async function get(path: string, key = KEY) {
  const response = await call("GET", path, { headers: { Authorization: `Bearer ${key}` } });
  // biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests are about
  return { status: response.status, body: (await response.json()) as any };
}

/** Processes all that waits in a session. */
export async function settle(sessionId: string, agent = "claude-code") {
  const path = `/v1/sessions/${agent}/${encodeURIComponent(sessionId)}/flush?wait=1`;
  // biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests are about
  return (await (await call("POST", path)).json()) as any;
}

/** The fields that every payload of Claude Code has. */
export function payload(sessionId: string, name: string, fields: Record<string, unknown> = {}) {
  return {
    session_id: sessionId,
    transcript_path: "/home/dev/.claude/x.jsonl",
    cwd: "/home/dev/app",
    permission_mode: "default",
    hook_event_name: name,
    ...fields,
  };
}
