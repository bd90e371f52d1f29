/** What a hook tells: the session gets it, and the agent may get memory back. */
import { isLimited } from "../access/caller.ts";
import type { Telling } from "../durable/session/intake/answer-limit.ts";
import type { EventOutcome, IntakeAnswer, Sender } from "../durable/session/intake/intake.ts";
import type { HookAction, HookContext } from "../hooks/hook-action.ts";
import type { HookPlace } from "../hooks/hook-place.ts";
import { eachField } from "../memory/work-place.ts";
import type { SieveFault } from "../platform/json-sieve.ts";
import { createLog } from "../platform/log.ts";
import { redact } from "../privacy/redaction.ts";
import type { CallContext } from "./call-context.ts";
import { folderNameFor } from "./folder-names.ts";
import { type Memory, promptMemory, readMemory, startMemory } from "./memory-for-hooks.ts";
import { sessionObject } from "./objects.ts";
import { pathWithoutSecrets, projectNamed } from "./plain-names.ts";

/** Longest branch, commit or the like that is believed, in characters. */
const PLACE_NAME_MAX_CHARS = 200;

/** A hook as it was sent: what its payload asks for, and what its headers say of where it is from. */
export interface SentHook {
  agent: string;
  action: Exclude<HookAction, { do: "invalid" }>;
  place: HookPlace;
}

/** What became of a hook: the header `X-Cairn-Event` of its answer. */
export type HookOutcome = EventOutcome | "noted" | "unknown";

export interface Captured {
  outcome: HookOutcome;
  /** What the answer tells the agent; null for nothing. */
  context: string | null;
  /** What it shows the person; null for nothing. */
  notice: string | null;
}

/**
 * Tells the session what happened, and asks for memory where the agent may be given some. Every
 * call may arrive twice, so a session's object that is reset meanwhile is told again.
 */
export async function capture(call: CallContext, hook: SentHook): Promise<Captured> {
  return await captured(call, hook, null);
}

/** A body that goes on as it arrives. */
export interface ArrivingBody {
  /** All of it is here, so that `stream` may be called again. */
  isHeld: boolean;
  stream: () => ReadableStream<Uint8Array>;
}

/** A hook's payload that is still on its way. */
export interface StreamedHook extends Pick<SentHook, "agent" | "place"> {
  sessionId: string;
  cwd: string | null;
  context: HookContext;
  body: ArrivingBody;
}

/**
 * The same of a hook whose body goes to its session as it arrives: what it asked for, each with what
 * became of it; or what is wrong with the body. What is not held is sent once only.
 */
export async function captureStream(
  call: CallContext,
  { agent, place, sessionId, cwd, context, body }: StreamedHook,
): Promise<{ fault: SieveFault } | { taken: { action: HookAction; captured: Captured }[] }> {
  const sender = await senderOf(call, { agent, place, sessionId, cwd });
  const session = sessionObject(call.env, sender.name);
  const send = body.isHeld ? session.repeatable : session.once;
  const answer = await send((stub) => stub.hook({ sender, context, body: body.stream() }));
  if ("fault" in answer) return answer;
  const taken: { action: HookAction; captured: Captured }[] = [];
  for (const one of answer.taken) {
    const action = one.action;
    if (action.do === "invalid") taken.push({ action, captured: nothing("unknown") });
    else {
      const stored = one.answer === null ? null : { sender, answer: one.answer };
      taken.push({ action, captured: await captured(call, { agent, place, action }, stored) });
    }
  }
  return { taken };
}

/** Who sent a hook, and of which session and place it is. */
async function senderOf(
  call: CallContext,
  { agent, place, sessionId, cwd }: Pick<StreamedHook, "agent" | "place" | "sessionId" | "cwd">,
): Promise<Sender> {
  const { caller } = call;
  return {
    name: { team: caller.team, agent, sessionId },
    actor: caller.person,
    key: caller.key,
    limited: isLimited(caller),
    project: place.project === null ? null : projectNamed(place.project),
    projectFrom: place.projectFrom,
    folderProject: await folderNameFor(call, place.machine, { ...place, cwd }),
    folderFrom: place.machine === null ? "person" : "machine",
    cwd: pathWithoutSecrets(cwd),
    root: pathWithoutSecrets(place.root),
    skip: place.skip,
    ...eachField((field) => plainName(call, place.work[field])),
  };
}

/** `stored`: what came of an event that its session has already, and who sent it. */
async function captured(
  call: CallContext,
  { agent, action, place }: SentHook,
  stored: { sender: Sender; answer: IntakeAnswer & Telling } | null,
): Promise<Captured> {
  if (action.do === "unknown") return nothing("unknown");
  if (action.do === "ignore") return nothing("ignored");
  if (action.do === "note") return nothing("noted");
  const { sessionId, cwd } = action;
  const sender = stored?.sender ?? (await senderOf(call, { agent, place, sessionId, cwd }));
  const session = sessionObject(call.env, sender.name);
  const { cli } = place;
  switch (action.do) {
    case "session_start": {
      const { source } = action;
      const start = await session.repeatable((stub) => stub.start({ sender, source }));
      if (place.skip) return nothing("ignored");
      return telling("noted", await startMemory({ call, session, sender, cli, start }), place);
    }
    case "session_end":
      await session.repeatable((stub) => stub.end({}));
      return nothing("noted");
    case "turn_failed":
      await session.repeatable((stub) => stub.turnFailed({}));
      return nothing("noted");
    case "private_prompt": {
      const { promptId } = action;
      await session.repeatable((stub) => stub.privatePrompt({ sender, promptId }));
      return nothing("private");
    }
    case "event": {
      const { event } = action;
      const answer =
        stored?.answer ?? (await session.repeatable((stub) => stub.event({ sender, event })));
      if (answer.outcome !== "stored") return nothing(answer.outcome);
      const asked = { call, session, sender, cli, answer };
      if (event.kind === "prompt") {
        const memory = await promptMemory({ ...asked, prompt: event.body.text });
        return telling("stored", memory, place);
      }
      const outcome = event.skip === "ignored" ? "ignored" : "stored";
      return telling(outcome, await readMemory(asked), place);
    }
  }
}

function nothing(outcome: HookOutcome): Captured {
  return { outcome, context: null, notice: null };
}

function telling(outcome: HookOutcome, memory: Memory | null, place: HookPlace): Captured {
  if (memory === null) return nothing(outcome);
  return { outcome, context: memory.text, notice: place.notice ? memory.notice : null };
}

/** A name of a header, without secrets; what is none is left out, and never fails a hook. */
function plainName(call: CallContext, value: string | null): string | null {
  const text = value?.trim() ?? "";
  if (text === "") return null;
  if (text.length <= PLACE_NAME_MAX_CHARS && !/\p{C}/u.test(text)) return redact(text);
  const log = createLog({ team: call.caller.team, request: call.requestId });
  log("info", "git_name_left_out", { chars: text.length });
  return null;
}
