/** The session as the API shows it. */

import type { Reader } from "../../../access/caller.ts";
import type { SessionView } from "../../../contract/sessions.ts";
import type { EventKind } from "../../../contract/vocabulary.ts";
import { sessionPath } from "../../../memory/session-name.ts";
import type { SessionStore } from "../session-store.ts";

/** Null where the session was never heard of, as far as the reader knows. Creates nothing. */
export function describeSession(
  store: SessionStore,
  reader: Reader,
  now: number,
): SessionView | null {
  const row = store.rowFor(reader);
  if (row === null) return null;
  const unfinished = [...store.batches.open(), ...store.batches.dead()];
  const newest = store.batches.newest();
  const lastEventAt = store.lastEventAt(row);
  return {
    session: sessionPath(row),
    project: row.project,
    person: row.actor,
    state: store.state(row, now),
    events: store.counts(row),
    attempts: Math.max(0, ...unfinished.map((batch) => batch.attempts)),
    tokens: store.tokens(row),
    provider: newest.provider,
    last_error: store.outbox.lastError() ?? newest.error,
    last_event_at: lastEventAt === null ? null : new Date(lastEventAt).toISOString(),
    outbox: store.outbox.waiting(),
    paused_providers: Object.entries(row.providerPauses)
      .filter(([, pause]) => pause.refusals > 0)
      .map(([provider, pause]) => ({
        provider,
        until: new Date(pause.until).toISOString(),
        reason: pause.reason,
      })),
    failing_providers: Object.entries(row.providerPauses)
      .filter(([, pause]) => pause.refusals === 0)
      .map(([provider, { reason }]) => ({ provider, reason })),
    forgotten: row.forgotten,
    ...(row.forgotten && row.tombstone?.removed !== undefined
      ? { removed: row.tombstone.removed }
      : {}),
  };
}

/** A raw event that an observation was made from. */
export interface KeptSource {
  key: string;
  kind: EventKind;
  at: string;
  prompt_number: number;
  /** Who sent it. */
  person: string;
  /** The event's content as JSON text: RPC's types give up on a tool's input. */
  body: string;
}

/** The events with these keys that are still kept. */
export function keptSources(
  store: SessionStore,
  reader: Reader,
  keys: readonly string[],
): KeptSource[] {
  const row = store.rowFor(reader);
  if (row === null) return [];
  const kept = store.log.byKeys(keys).filter(({ skip }) => skip !== "withdrawn");
  return kept.map((event) => ({
    key: event.key,
    kind: event.kind,
    at: new Date(event.at).toISOString(),
    prompt_number: event.promptNumber,
    person: event.sender ?? row.actor,
    body: JSON.stringify(event.body),
  }));
}
