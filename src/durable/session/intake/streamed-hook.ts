/** A hook whose body is too large to be held: read as it arrives, in the object that stores it. */
import { HOOK_BODY_MAX_BYTES } from "../../../contract/limits.ts";
import { adapterOf } from "../../../hooks/adapters.ts";
import type { HookAction, HookContext } from "../../../hooks/hook-action.ts";
import type { IncomingEvent } from "../../../memory/event.ts";
import { onlyOrAll, type SieveFault, sieveStream } from "../../../platform/json-sieve.ts";
import type { Telling } from "./answer-limit.ts";
import type { IntakeAnswer, Sender } from "./intake.ts";

export interface StreamedHook {
  sender: Sender;
  context: HookContext;
  /** The payload as the agent sent it. */
  body: ReadableStream<Uint8Array>;
}

/** An action that the payload asks for; of an event that was stored what came of it, else null. */
export interface TakenAction {
  action: HookAction;
  answer: (IntakeAnswer & Telling) | null;
}

/** What became of it. A fault of the body crosses as its code. */
export type StreamedAnswer = { fault: SieveFault } | { taken: TakenAction[] };

/**
 * Takes what the payload asks for, with blobs named, cut and without secrets: its events by `store`,
 * the rest is for the Worker.
 */
export async function takeStreamed(
  { sender, context, body }: StreamedHook,
  store: (event: IncomingEvent) => IntakeAnswer & Telling,
): Promise<StreamedAnswer> {
  const { agent, sessionId } = sender.name;
  const sieved = await sieveStream(body, HOOK_BODY_MAX_BYTES);
  if ("fault" in sieved) return sieved;
  const actions = adapterOf(agent)?.read(onlyOrAll(sieved.values), context) ?? [];
  const taken = actions.map((action) => ({
    action,
    answer: action.do === "event" && action.sessionId === sessionId ? store(action.event) : null,
  }));
  return { taken };
}
