/** What becomes of the events that no observation of their batch was made from. */
import type { StoredEvent } from "../../memory/event.ts";
import type { DraftObservation, DraftSummary } from "../../memory/observation.ts";
import type { ObserverBatch, ObserverResult } from "../provider.ts";
import { isEmpty } from "./activity.ts";
import { activityItems, textItems } from "./activity-items.ts";
import type { follow } from "./follow.ts";
import { isOwn } from "./own-calls.ts";
import { requestOf } from "./request.ts";
import { summarise } from "./summary.ts";

type Followed = ReturnType<typeof follow>;

/** The events without Cairn's own calls, which teach nothing and are skipped. */
export function ofOthers(events: readonly StoredEvent[]): {
  events: StoredEvent[];
  skipped: Record<string, string>;
} {
  const own = events.filter(isOwn);
  return {
    events: events.filter((event) => !isOwn(event)),
    skipped: Object.fromEntries(own.map(({ key }) => [key, "internal"])),
  };
}

/**
 * `observations` and behind them the activity of all calls and long texts that they do not tell of;
 * the turn's summary (`told`, or where that is null and one is due, one by the rules); and a reason
 * for each event that went into none of them.
 */
export function withRest(
  batch: ObserverBatch,
  followed: Followed,
  observations: readonly DraftObservation[],
  told: DraftSummary | null,
): Pick<ObserverResult, "observations" | "summary" | "skipped"> {
  const { events, skipped } = ofOthers(batch.events);
  const cited = new Set(observations.flatMap(({ sources }) => sources));
  const left = followed.activities.filter(({ key }) => !cited.has(key));
  const all = [
    ...observations,
    ...activityItems(
      left.filter((activity) => !isEmpty(activity)),
      followed.bodies,
      followed.taken,
    ),
    ...textItems(events, followed.taken),
  ];
  const summary = told ?? summaryOf(batch, followed, all, events);
  for (const { sources } of summary === null ? all : [...all, summary]) {
    for (const key of sources) cited.add(key);
  }
  for (const { key } of left.filter(isEmpty)) skipped[key] = "empty";
  for (const { key, kind } of events) {
    if (cited.has(key) || skipped[key] !== undefined) continue;
    skipped[key] = kind === "prompt" ? "kept_as_prompt" : "nothing_new";
  }
  return { observations: all, summary, skipped };
}

/** The summary of the turn that the batch closes; null where it leaves the turn open. */
function summaryOf(
  { turn }: ObserverBatch,
  followed: Followed,
  observations: readonly DraftObservation[],
  events: readonly StoredEvent[],
): DraftSummary | null {
  if (!turn.ends || turn.backgroundTasks === true) return null;
  const prompts = events.filter(({ kind }) => kind === "prompt").map(({ key }) => key);
  return summarise(
    requestOf(followed.request),
    followed.closing,
    observations,
    followed.passed,
    prompts,
  );
}
