/** Which of the mock's failures were about an event: the provider's own rendering tells. */
import { renderEvents } from "../../src/agent/render-events.ts";
import type { StoredEvent as SessionEvent } from "../../src/memory/event.ts";
import type { OutcomeKind, RequestRecord } from "../support/mock-provider/protocol.ts";
import type { StoredEvent } from "./stored-state.ts";

/** Outcomes that give a sound answer. */
const SOUND: ReadonlySet<OutcomeKind> = new Set<OutcomeKind>(["ok", "slow", "invented_refs"]);
/** Of an event's first line: how an event begins does not depend on the room that it gets. */
const LINE_CHARS = 40;

/** Counts the failed calls whose message shows an event. */
export function failedCallsCounter(
  records: readonly RequestRecord[],
): (event: StoredEvent, root: string | null) => number {
  const messages = records
    .filter((record) => record.cairn && !SOUND.has(record.outcome))
    .map((record) => JSON.stringify(record.body.messages));
  return (event, root) => {
    const line = firstLine(event, root);
    return messages.filter((message) => message.includes(line)).length;
  };
}

function firstLine(event: StoredEvent, root: string | null): string {
  const rendered = renderEvents(
    [{ ...event, body: JSON.parse(event.body), receivedAt: event.at } as SessionEvent],
    root,
    "normal",
  );
  const line = /^\[e1\] (.*)$/m.exec(rendered.text)?.[1] ?? "";
  // As it stands inside of the JSON of the messages.
  return JSON.stringify(line.slice(0, LINE_CHARS)).slice(1, -1);
}
