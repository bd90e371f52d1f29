/** What a provider is shown of a batch: each text once, and each message in one piece. Pure. */
import type { StoredEvent, TextBody } from "../../../memory/event.ts";

type Said = StoredEvent & { body: TextBody };

export interface ShownEvents {
  /** In order; none of them is marked `skip`. */
  events: StoredEvent[];
  /** Key of an event that is not shown -> key of the one that tells its text. */
  toldBy: ReadonlyMap<string, string>;
}

/**
 * Of a closing message and its Stop only the Stop is shown; the parts of a message are joined in the
 * place of the first.
 */
export function shownEvents(stored: readonly StoredEvent[]): ShownEvents {
  const seen = stored.filter((event) => event.skip === null);
  const closings = new Map<string, string>();
  const messages = new Map<string, Said[]>();
  for (const event of seen) {
    if (event.kind === "turn_end" && event.ref != null) closings.set(event.ref, event.key);
    if (event.kind !== "say") continue;
    const message = event.body.part?.message ?? event.key;
    messages.set(message, [...(messages.get(message) ?? []), event]);
  }
  const toldBy = new Map<string, string>();
  const shown = new Map<string, StoredEvent>();
  for (const parts of messages.values()) {
    const closing = parts.flatMap(({ key, ref }) => ref ?? closings.get(key) ?? [])[0];
    const first = parts[0];
    for (const { key } of parts) {
      const teller = closing ?? first?.key;
      if (teller !== undefined && teller !== key) toldBy.set(key, teller);
    }
    if (first !== undefined && closing === undefined) shown.set(first.key, joined(first, parts));
  }
  const events = seen.flatMap((event) =>
    event.kind === "say" ? (shown.get(event.key) ?? []) : event,
  );
  return { events, toldBy };
}

function joined(first: Said, parts: readonly Said[]): StoredEvent {
  const ordered = parts.toSorted((a, b) => indexOf(a) - indexOf(b));
  const text = ordered.map(({ body }) => body.text).join("");
  return { ...first, body: { ...first.body, text } } as StoredEvent;
}

function indexOf({ body }: Said): number {
  return body.part?.index ?? 0;
}
