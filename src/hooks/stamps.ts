/** What adapters stamp on events, and what counts where an event was stored before there were stamps. */
import type { StoredEvent } from "../memory/event.ts";
import { adapterOf } from "./adapters.ts";

/** True for a prompt that the agent wrote itself: it keeps its number but is nobody's request. */
export function isNotice(agent: string, event: StoredEvent): boolean {
  if (event.kind !== "prompt") return false;
  return event.body.notice ?? adapterOf(agent)?.isNotice(event.body.text) ?? false;
}
