/**
 * One more phrasing of a question, by the configured model: within a second, kept for later, and left
 * out without a word where there is none in time. Never for a hook: an agent does not wait for a model.
 */
import { type Rephraser, rephraserOf } from "../agent/rephrase.ts";
import { readConfig } from "../config.ts";
import { isPlainQuestion } from "../durable/project/search/query.ts";
import { createLog } from "../platform/log.ts";
import { withTimeout } from "../platform/with-timeout.ts";
import { redact } from "../privacy/redaction.ts";
import type { CallContext } from "./call-context.ts";
import { teamObject } from "./objects.ts";

/** A search waits this long for it. */
const REPHRASE_DEADLINE_MS = 1_000;
/** What comes later is kept for the next search, up to here. */
const REPHRASE_CALL_MS = 5_000;
/** After a failure the model is left alone for so long. */
const PAUSE_MS = 60_000;
/** Questions that are remembered, by this instance of the Worker. */
const REMEMBERED_MAX = 500;
/** Shorter ones are words of the log already; longer ones say enough. */
const WORDS_MIN = 3;
const QUESTION_MAX_CHARS = 400;

const rephrasers = new WeakMap<object, Rephraser | null>();
/** By team and question, the oldest first. */
const remembered = new Map<string, Promise<string | null>>();
let pausedUntil = 0;

/** The model's phrasing of the only one that was asked; null where there is none, or not in time. */
export async function otherPhrasing(
  call: CallContext,
  project: number | null,
  phrasings: readonly string[],
): Promise<string | null> {
  const rephraser = rephraserFor(call.env);
  const [question = "", ...others] = phrasings;
  if (rephraser === null || others.length > 0 || !isWorthIt(question)) return null;
  const key = `${call.caller.team}\n${question}`;
  const known = remembered.get(key);
  if (known !== undefined) return await withTimeout(known, REPHRASE_DEADLINE_MS);
  if (call.now < pausedUntil) return null;
  const answer = rephrase(call, rephraser, project, question);
  remember(key, answer);
  call.waitUntil(answer);
  return await withTimeout(answer, REPHRASE_DEADLINE_MS);
}

function rephraserFor(env: Env): Rephraser | null {
  const known = rephrasers.get(env);
  if (known !== undefined) return known;
  const made = rephraserOf(readConfig(env));
  rephrasers.set(env, made);
  return made;
}

function isWorthIt(question: string): boolean {
  return question.length <= QUESTION_MAX_CHARS && isPlainQuestion(question, WORDS_MIN);
}

function remember(key: string, answer: Promise<string | null>): void {
  remembered.set(key, answer);
  for (const oldest of remembered.keys()) {
    if (remembered.size <= REMEMBERED_MAX) break;
    remembered.delete(oldest);
  }
  // What failed may succeed later.
  void answer.then((phrasing) => {
    if (phrasing === null) remembered.delete(key);
  });
}

/** Asks the model within the team's budget. Never throws. */
async function rephrase(
  call: CallContext,
  rephraser: Rephraser,
  project: number | null,
  question: string,
): Promise<string | null> {
  const { team } = call.caller;
  const asked = redact(question);
  const budget = teamObject(call.env, team);
  const { provider, model } = rephraser;
  // Each search is a call of its own: its id names it.
  const key = {
    session: `search/${call.requestId}`,
    generation: 0,
    batch: 0,
    attempt: 0,
    provider,
  };
  try {
    const reserved = await budget.once((stub) =>
      stub.reserve({ ...key, project: project ?? 0, estimate: rephraser.estimate(asked) }),
    );
    if (!reserved.ok) return null;
    const answer = await rephraser.rephrase(asked, AbortSignal.timeout(REPHRASE_CALL_MS));
    const { usage } = answer.ok ? answer : answer.failure;
    await budget.repeatable((stub) => stub.settle({ ...key, model, usage }));
    if (answer.ok) return answer.phrasing;
    pausedUntil = Date.now() + PAUSE_MS;
    const { kind } = answer.failure;
    createLog({ request: call.requestId, team })("warn", "rephrase_failed", { kind });
    return null;
  } catch (error) {
    // The team's object could not be asked.
    createLog({ request: call.requestId, team })("warn", "rephrase_failed", {}, error);
    return null;
  }
}
