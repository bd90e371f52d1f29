/** A client that sends sessions' hooks, and repeats what got no answer as a retrying hook does. */
import { setTimeout as sleep } from "node:timers/promises";
import type { RecordedHook } from "../../src/cli/replay/recording.ts";
import type { Moments } from "./kill-plan.ts";
import type { SessionScript } from "./recordings.ts";

const TIMEOUT_MS = 10_000;
const RETRY_LONGEST_MS = 100;
/** A server that is killed again and again is back by then. */
const GIVE_UP_AFTER_MS = 120_000;
/** Longest pause between two hooks of a client. */
const PAUSE_LONGEST_MS = 120;
/** Chances after each answer: send the same again, send an older one again, ask for a flush. */
const REPEAT = 0.06;
const REPEAT_OLDER = 0.04;
const FLUSH = 0.03;

/** What became of one hook of a session. */
export interface Sent {
  hook: RecordedHook;
  /** The headers `X-Cairn-Event` of all answers, in order. */
  answers: string[];
  /** Times that no answer came. */
  unanswered: number;
}

export interface Ledger {
  script: SessionScript;
  sent: Sent[];
}

export interface Target {
  url: string;
  key: string;
}

/** Sends one session after the other. Throws where an answer is not what a hook may get. */
export async function runClient(
  target: Target,
  scripts: SessionScript[],
  random: () => number,
  moments: Moments,
): Promise<Ledger[]> {
  const ledgers: Ledger[] = [];
  for (const script of scripts) {
    const ledger: Ledger = { script, sent: [] };
    ledgers.push(ledger);
    for (const [index, hook] of script.hooks.entries()) {
      const sent: Sent = { hook, answers: [], unanswered: 0 };
      ledger.sent.push(sent);
      await deliver(target, script, index, sent, moments);
      // Drawn in any case, so that a decision depends on no earlier one.
      const [again, older, which, flush, pause] = Array.from({ length: 5 }, random);
      if ((again ?? 1) < REPEAT) await deliver(target, script, index, sent, moments);
      const earlier = ledger.sent[Math.floor((which ?? 0) * ledger.sent.length)];
      if ((older ?? 1) < REPEAT_OLDER && earlier !== undefined && hasOwnName(earlier.hook)) {
        await deliver(target, script, index, earlier, moments);
      }
      if ((flush ?? 1) < FLUSH) await askForFlush(target, script);
      await sleep((pause ?? 0) * PAUSE_LONGEST_MS);
    }
  }
  return ledgers;
}

/** Hooks that are events; the others change the session's row whenever they come. */
export const EVENT_HOOKS: ReadonlySet<unknown> = new Set([
  "UserPromptSubmit",
  "PostToolUse",
  "PostToolUseFailure",
  "Stop",
  "SubagentStop",
  "PostCompact",
]);

function hasOwnName(hook: RecordedHook): boolean {
  return EVENT_HOOKS.has(hook.payload.hook_event_name);
}

/** Posts until there is an answer, and notes it. */
async function deliver(
  target: Target,
  script: SessionScript,
  index: number,
  sent: Sent,
  moments: Moments,
): Promise<void> {
  const headers: Record<string, string> = {
    authorization: `Bearer ${target.key}`,
    "content-type": "application/json",
    "x-cairn-at": sent.hook.at,
    ...(index >= script.projectFrom && { "x-cairn-project": script.project }),
  };
  const body = JSON.stringify(sent.hook.payload);
  const giveUpAt = Date.now() + GIVE_UP_AFTER_MS;
  for (let waitMs = 10; ; waitMs = Math.min(waitMs * 2, RETRY_LONGEST_MS)) {
    moments.saw("request");
    const answer = await post(`${target.url}/hooks/claude-code`, headers, body);
    if (answer !== null) {
      sent.answers.push(answer);
      moments.saw("answer");
      return;
    }
    sent.unanswered += 1;
    if (Date.now() > giveUpAt) {
      throw new Error(`${script.path}, line ${sent.hook.line}: no answer for two minutes`);
    }
    await sleep(waitMs);
  }
}

/** The header of an answer; null where none came, or one that asks to try again. */
async function post(
  url: string,
  headers: Record<string, string>,
  body: string,
): Promise<string | null> {
  let response: Response;
  let text: string;
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    response = await fetch(url, { method: "POST", headers, body, signal });
    text = await response.text();
  } catch {
    return null;
  }
  if (response.status === 503) return null;
  const event = response.headers.get("x-cairn-event");
  if (response.status !== 200 || event === null) {
    throw new Error(`a hook was answered with ${response.status}: ${text.slice(0, 300)}`);
  }
  return event;
}

async function askForFlush(target: Target, script: SessionScript): Promise<void> {
  try {
    const response = await fetch(`${target.url}/v1/sessions/${script.path}/flush`, {
      method: "POST",
      headers: { authorization: `Bearer ${target.key}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
  } catch {
    // The server is down: nobody depends on this.
  }
}
