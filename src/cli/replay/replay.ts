/** `cairn replay`: sends recorded streams as hooks would, and tells what the memory learnt. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { z } from "zod";
import { ObservationSchema, SummarySchema } from "../../contract/items.ts";
import { SessionViewSchema } from "../../contract/sessions.ts";
import { type AgentDialect, namedFields } from "../../hooks/dialect.ts";
import { sessionPath } from "../../memory/session-name.ts";
import { apiFailure, call, listAll, reach, Unreachable } from "../api.ts";
import { Failure } from "../failure.ts";
import type { Target } from "../target.ts";
import { ProgressBar } from "./progress-bar.ts";
import { type RecordedHook, readRecording } from "./recording.ts";

// What is told, and no more: a server of another version has that too.
const SessionRow = SessionViewSchema.pick({
  project: true,
  state: true,
  events: true,
  tokens: true,
  provider: true,
});
const ObservationRow = ObservationSchema.pick({ id: true, type: true, title: true, sources: true });
const SummaryRow = SummarySchema.pick({
  id: true,
  request: true,
  completed: true,
  next_steps: true,
});

/** Per hook. A server that restarts is back within it. */
const RETRY_FOR_MS = 60_000;
const RETRY_FIRST_MS = 100;
const RETRY_LONGEST_MS = 2_000;
const HOOK_TIMEOUT_MS = 10_000;
/** Each flush waits for up to a minute on the server. */
const FLUSHES_MAX = 10;

export interface ReplayOptions {
  /** Whose hooks were recorded. */
  agent: AgentDialect;
  project?: string;
  /** How many times faster than recorded; Infinity: as fast as it goes. */
  speed: number;
  /** Added to the sessions' ids, so that a recording can be sent as a new session. */
  sessionSuffix: string;
}

type Say = (line: string) => void;

/** `max`, or a positive number. */
export function parseSpeed(text: string): number {
  const speed = text === "max" ? Number.POSITIVE_INFINITY : Number(text);
  if (!(speed > 0)) throw new Failure(`--speed ${text}: a number above 0 or "max" is needed.`);
  return speed;
}

/** Returns false where a line could not be read or the server refused one. */
export async function replay(
  target: Target,
  files: string[],
  options: ReplayOptions,
  say: Say,
): Promise<boolean> {
  const sessions = new Map<string, Set<string>>();
  let isWhole = true;
  for (const file of files) {
    const { hooks, bad } = readRecording(readText(file));
    for (const reason of bad) process.stderr.write(`${file}:${reason}\n`);
    const refused = await send(target, file, hooks, options, sessions, say);
    if (bad.length > 0 || refused > 0) isWhole = false;
  }
  for (const [session, toolKeys] of sessions) await report(target, session, toolKeys, say);
  return isWhole;
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new Failure(`cannot read ${file}: ${(error as Error).message}`);
  }
}

/** Sends one recording in its order. Notes its sessions and their tool events. */
async function send(
  target: Target,
  file: string,
  hooks: RecordedHook[],
  options: ReplayOptions,
  sessions: Map<string, Set<string>>,
  say: Say,
): Promise<number> {
  const bar = new ProgressBar(basename(file), hooks.length);
  const outcomes = new Map<string, number>();
  let previousAt: number | null = null;
  let refused = 0;
  for (const hook of hooks) {
    const at = Date.parse(hook.at);
    if (previousAt !== null && at > previousAt && Number.isFinite(options.speed)) {
      await sleep((at - previousAt) / options.speed);
    }
    previousAt = at;
    const { payload, sessionId, toolKey } = asNewSession(hook.payload, options);
    const outcome = await post(target, payload, hook.at, options, bar);
    if (outcome.refused !== null) {
      refused += 1;
      bar.note(`${file}:${hook.line}: ${outcome.refused}`);
    }
    outcomes.set(outcome.event, (outcomes.get(outcome.event) ?? 0) + 1);
    bar.step();
    if (sessionId === null) continue;
    const session = sessionPath({ agent: options.agent.agent, sessionId });
    const toolKeys = sessions.get(session) ?? new Set<string>();
    sessions.set(session, toolKeys);
    if (toolKey !== null) toolKeys.add(toolKey);
  }
  bar.end();
  const counts = [...outcomes].map(([name, count]) => `${count} ${name}`);
  say(`${basename(file)}: ${counts.join(", ") || "nothing in it"}`);
  return refused;
}

interface SentPayload {
  payload: RecordedHook["payload"];
  /** Null where it names none: the server says what is wrong. */
  sessionId: string | null;
  /** Key of its event, where it is a tool call that has an id. */
  toolKey: string | null;
}

/** A recorded payload with the suffix on its session's id. */
function asNewSession(
  recorded: RecordedHook["payload"],
  { agent, sessionSuffix }: ReplayOptions,
): SentPayload {
  const {
    session_id: id,
    hook_event_name: event,
    tool_use_id: call,
  } = namedFields(agent, recorded);
  if (typeof id !== "string") return { payload: recorded, sessionId: null, toolKey: null };
  const field = recorded.session_id === undefined ? agent.sessionIdField : undefined;
  const sessionId = id + sessionSuffix;
  const moment = agent.moments.get(String(event));
  const isCall = moment === "tool_use" || moment === "tool_failure";
  return {
    payload: { ...recorded, [field ?? "session_id"]: sessionId },
    sessionId,
    toolKey: isCall && typeof call === "string" ? `tool:${call}` : null,
  };
}

interface Outcome {
  /** The header `X-Cairn-Event`, or `refused`. */
  event: string;
  refused: string | null;
}

/** Posts until there is an answer: what got none may have been lost on the way. */
async function post(
  target: Target,
  payload: object,
  at: string,
  { agent, project }: ReplayOptions,
  bar: ProgressBar,
): Promise<Outcome> {
  const address = `${target.url}/hooks/${agent.agent}`;
  const headers: Record<string, string> = {
    authorization: `Bearer ${target.key}`,
    "content-type": "application/json",
    "x-cairn-at": at,
  };
  if (project !== undefined) headers["x-cairn-project"] = project;
  const body = JSON.stringify(payload);
  const giveUpAt = Date.now() + RETRY_FOR_MS;
  let waitMs = RETRY_FIRST_MS;
  for (;;) {
    const answer = await attempt(target, address, { method: "POST", headers, body });
    if (!(answer instanceof Failure)) return answer;
    if (Date.now() + waitMs > giveUpAt) throw answer;
    if (waitMs === RETRY_FIRST_MS) bar.note("no answer; trying again …");
    await sleep(waitMs);
    waitMs = Math.min(waitMs * 2, RETRY_LONGEST_MS);
  }
}

/** One post: an outcome, or the failure that is worth another try. Throws on a wrong key. */
async function attempt(
  target: Target,
  address: string,
  sent: Parameters<typeof reach>[2],
): Promise<Outcome | Failure> {
  try {
    const response = await reach(target, address, {
      ...sent,
      signal: AbortSignal.timeout(HOOK_TIMEOUT_MS),
    });
    const text = await response.text();
    if (response.ok) {
      return { event: response.headers.get("x-cairn-event") ?? "unknown", refused: null };
    }
    const failure = apiFailure(target, response.status, text);
    if (response.status === 401 || response.status === 403) throw failure;
    if (response.status >= 500) return failure;
    return { event: "refused", refused: failure.message };
  } catch (error) {
    if (error instanceof Unreachable) return error;
    // Cut while the answer came: it may be stored or not, and a second time does no harm.
    if (!(error instanceof Failure)) return new Unreachable((error as Error).message);
    throw error;
  }
}

/** Waits until the session is processed, then prints what it taught. */
async function report(
  target: Target,
  name: string,
  toolKeys: Set<string>,
  say: Say,
): Promise<void> {
  const session = await flushed(target, name);
  say("");
  say(`Session ${name}`);
  if (session === null) {
    say("  nothing of it was stored");
    return;
  }
  const { events, tokens, provider, project, state } = session;
  say(`  project    ${project}`);
  say(
    `  events     ${events.done} done, ${events.skipped} skipped, ${events.dead} dead, ` +
      `${events.pending + events.leased} not processed (${state})`,
  );
  say(`  provider   ${provider ?? "none"}, ${tokens.input} tokens in, ${tokens.output} out`);
  const query = { project, session: name };
  const observations = await listAll(target, "observations", ObservationRow, query);
  const summaries = await listAll(target, "summaries", SummaryRow, query);
  const cited = new Set(observations.flatMap((observation) => observation.sources));
  const citedTools = [...toolKeys].filter((key) => cited.has(key)).length;
  const share = toolKeys.size === 0 ? 0 : Math.round((100 * citedTools) / toolKeys.size);
  say(`  cited      ${citedTools} of ${toolKeys.size} tool events (${share} %)`);
  say(`  learnt     ${observations.length} observations, ${summaries.length} summaries`);
  for (const summary of summaries.toReversed()) {
    say(`    summary ${summary.id}: ${oneLine(summary.request)}`);
    if (summary.completed !== "") say(`      done: ${oneLine(summary.completed)}`);
    if (summary.next_steps !== "") say(`      next: ${oneLine(summary.next_steps)}`);
  }
  for (const { id, type, title } of observations.toReversed()) say(`    ${type} ${id}: ${title}`);
}

/** Null where the server knows no such session: all of it was private, or only notes. */
async function flushed(target: Target, name: string): Promise<z.infer<typeof SessionRow> | null> {
  const path = `sessions/${name.split("/").map(encodeURIComponent).join("/")}/flush`;
  for (let flushes = 1; ; flushes += 1) {
    try {
      const session = await call(target, path, SessionRow, {
        method: "POST",
        query: { wait: 1 },
      });
      const { pending, leased } = session.events;
      const isSettled = pending + leased === 0 || session.state === "paused";
      if (isSettled || flushes >= FLUSHES_MAX) return session;
    } catch (error) {
      if ((error as { status?: number }).status === 404) return null;
      throw error;
    }
  }
}

const LINE_MAX_CHARS = 160;

function oneLine(text: string): string {
  const flat = text.replaceAll(/\s+/g, " ").trim();
  return flat.length > LINE_MAX_CHARS ? `${flat.slice(0, LINE_MAX_CHARS - 1)}…` : flat;
}
