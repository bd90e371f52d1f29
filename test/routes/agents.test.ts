import { describe, expect, it } from "vitest";
import codex from "../fixtures/agents/codex.jsonl?raw";
import copilot from "../fixtures/agents/copilot-cli.jsonl?raw";
import gemini from "../fixtures/agents/gemini-cli.jsonl?raw";
import opencode from "../fixtures/agents/opencode.jsonl?raw";
import pi from "../fixtures/agents/pi.jsonl?raw";
import qwen from "../fixtures/agents/qwen-code.jsonl?raw";
import { call, get, hook, payload, settle } from "../support/api.ts";

interface Recorded {
  at: string;
  hook: Record<string, unknown> | Record<string, unknown>[];
}

/** One piece of work as each agent tells it: read, a failing test, an edit, another, `.env`, Cairn. */
const STREAMS: [agent: string, text: string][] = [
  ["codex", codex],
  ["copilot-cli", copilot],
  ["gemini-cli", gemini],
  ["opencode", opencode],
  ["pi", pi],
  ["qwen-code", qwen],
];

const remote = () => `git@github.com:acme/${crypto.randomUUID()}.git`;

async function post(agent: string, body: unknown, headers: Record<string, string> = {}) {
  const lines = Array.isArray(body) ? body : [body];
  const response = await call("POST", `/hooks/${agent}`, {
    body: lines.map((line) => JSON.stringify(line)).join("\n"),
    headers,
  });
  return {
    status: response.status,
    outcome: response.headers.get("X-Cairn-Event") ?? "",
    body: (await response.json()) as Record<string, unknown>,
  };
}

/** The recording under a session id of its own. */
function recorded(text: string, sessionId: string): Recorded[] {
  return text
    .trim()
    .split("\n")
    .map((line) => {
      const { at, hook: sent } = JSON.parse(line) as Recorded;
      const [first, ...rest] = Array.isArray(sent) ? sent : [sent];
      return { at, hook: [{ ...first, session_id: sessionId }, ...rest] };
    });
}

async function replay(agent: string, text: string, sessionId: string, project: string) {
  const outcomes: string[] = [];
  for (const { at, hook: sent } of recorded(text, sessionId)) {
    const answer = await post(agent, sent, { "X-Cairn-At": at, "X-Cairn-Project": project });
    expect(answer.status).toBe(200);
    outcomes.push(answer.outcome);
  }
  return outcomes;
}

describe.each(STREAMS)("a session of %s", (agent, text) => {
  it("is stored event by event, once, and taught to another agent's next session", async () => {
    const sessionId = `session ${crypto.randomUUID()}`;
    const project = remote();
    const outcomes = await replay(agent, text, sessionId, project);
    const stored = outcomes.filter((outcome) => outcome === "stored").length;
    expect(outcomes).not.toContain("unknown");
    // A retry of each hook changes nothing.
    const again = await replay(agent, text, sessionId, project);
    expect(again.filter((outcome) => outcome === "stored")).toEqual([]);

    const view = await settle(sessionId, agent);
    expect(view.events).toMatchObject({ pending: 0, leased: 0, dead: 0 });
    const ignored = outcomes.filter((outcome) => outcome === "ignored").length;
    expect(view.events.done + view.events.skipped).toBeGreaterThanOrEqual(stored);
    expect(view.events.done + view.events.skipped).toBeLessThanOrEqual(stored + ignored);

    const query = `project=${encodeURIComponent(project)}`;
    const { body: memory } = await get(`/v1/observations?${query}&limit=100&activity=1`);
    const told = JSON.stringify(memory);
    expect(told).toContain("total.js");
    expect(told).not.toContain("never-store-me");
    expect(told).not.toContain("walrus");
    for (const item of memory.items) expect(item.session).toBe(`${agent}/${sessionId}`);

    const { body: summaries } = await get(`/v1/summaries?${query}`);
    const turns = summaries.items as { prompt_number: number; request: string }[];
    expect(turns.map(({ request }) => request)).toEqual(
      expect.arrayContaining([
        "Thanks. And what does the tariff cache keep?",
        "The totals on invoices are negative, please repair them",
      ]),
    );
    expect(JSON.stringify(turns)).not.toContain("walrus");

    const start = await hook(payload(crypto.randomUUID(), "SessionStart", { source: "startup" }), {
      "X-Cairn-Project": project,
    });
    expect(start.body.hookSpecificOutput.additionalContext).toContain("totals");
  });

  it("is given the memory once, in the agent's own form, whatever comes first", async () => {
    const project = remote();
    const earlier = `session ${crypto.randomUUID()}`;
    await replay("pi", pi, earlier, project);
    await settle(earlier, "pi");
    const sessionId = `session ${crypto.randomUUID()}`;
    const given: string[] = [];
    for (const { at, hook: sent } of recorded(text, sessionId)) {
      const { body } = await post(agent, sent, { "X-Cairn-At": at, "X-Cairn-Project": project });
      const nested = body.hookSpecificOutput as { additionalContext?: string } | undefined;
      const context = body.additionalContext ?? nested?.additionalContext;
      expect(agent === "copilot-cli" ? nested : body.additionalContext).toBeUndefined();
      if (typeof context === "string") given.push(context);
    }
    const lines = given
      .flatMap((context) => context.split("\n"))
      .filter((line) => /#\d/.test(line));
    expect(given.join("\n")).toContain("totals");
    expect(new Set(lines).size).toBe(lines.length);
  });
});

it("reads what Copilot sends to Claude Code's address as Copilot's", async () => {
  const sessionId = `session ${crypto.randomUUID()}`;
  await replay("claude-code", copilot, sessionId, remote());
  expect((await settle(sessionId, "copilot-cli")).events.done).toBeGreaterThan(5);
  const claude = await call("GET", `/v1/sessions/claude-code/${encodeURIComponent(sessionId)}`);
  expect(claude.status).toBe(404);
});

it("knows the agents by the names that their hooks' addresses have", async () => {
  const { status, body } = await post("nobody", { hook_event_name: "Stop", session_id: "s" });
  expect(status).toBe(400);
  for (const [agent] of STREAMS) expect(JSON.stringify(body)).toContain(agent);
});
