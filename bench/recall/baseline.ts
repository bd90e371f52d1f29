/** What has to be beaten: plain BM25 over the raw hooks, one document per event. */

import type { EventKind } from "../../src/contract/vocabulary.ts";
import { eventKey, eventSeries } from "../../src/memory/event-identity.ts";
import type { Document } from "./full-text.ts";
import type { RecordedSession } from "./recorded-sessions.ts";
import type { Found } from "./score.ts";

/** Characters of an event that count. */
const DOCUMENT_MAX = 20_000;

const KINDS: Record<string, EventKind> = {
  UserPromptSubmit: "prompt",
  PostToolUse: "tool_use",
  PostToolUseFailure: "tool_failure",
  Stop: "turn_end",
  PostCompact: "compaction",
};

const text = (value: unknown): string =>
  typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);

/** The raw events of a session, nothing left out of them. */
export function rawDocuments(session: RecordedSession): Document<Found>[] {
  const counts = new Map<string, number>();
  return session.hooks.flatMap(({ payload }) => {
    const kind = KINDS[text(payload.hook_event_name)];
    if (kind === undefined) return [];
    const series = eventSeries(kind);
    const n = (counts.get(series) ?? 0) + 1;
    counts.set(series, n);
    const id = typeof payload.tool_use_id === "string" ? payload.tool_use_id : null;
    const { tool_name, tool_input, tool_response, error } = payload;
    const whole = [
      ...[tool_name, tool_input, tool_response, error],
      ...[payload.prompt, payload.last_assistant_message, payload.compact_summary],
    ];
    const document = whole.map(text).join("\n").slice(0, DOCUMENT_MAX);
    const sources = [eventKey(kind, id, n)];
    return [
      { fields: [document], result: { session: session.id, sources, characters: document.length } },
    ];
  });
}
