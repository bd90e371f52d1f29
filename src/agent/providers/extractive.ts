/** The embedded default: rules instead of a model. No network, no cost, the same answer every time. */
import type { ToolBody } from "../../memory/event.ts";
import type { DraftObservation } from "../../memory/observation.ts";
import type { ObserverBatch, ObserverResult, Provider } from "../provider.ts";
import { activityOf, isEmpty, isToolEvent } from "../rules/activity.ts";
import { groupActivities } from "../rules/grouping.ts";
import { observeActivities } from "../rules/observe-activities.ts";
import { observeCompaction, observeMessage } from "../rules/observe-texts.ts";
import { summarise } from "../rules/summary.ts";

/** What the rules make of a batch: pure, and a matter of milliseconds. */
export function extract(batch: ObserverBatch): ObserverResult {
  const taken = new Set(batch.recentTitles.map((title) => title.toLowerCase()));
  const bodies = new Map<string, ToolBody>();
  const skipped: Record<string, string> = {};
  const activities = batch.events.filter(isToolEvent).flatMap((event) => {
    bodies.set(event.key, event.body);
    const activity = activityOf(event, batch.root);
    if (!isEmpty(activity)) return [activity];
    skipped[event.key] = "empty";
    return [];
  });
  const observations: DraftObservation[] = groupActivities(activities).flatMap((group) =>
    observeActivities(group, bodies, taken),
  );
  const ofActivities = [...observations];
  let closing: { key: string; text: string } | null = null;
  const prompts: string[] = [];
  for (const event of batch.events) {
    if (isToolEvent(event)) continue;
    const { text } = event.body;
    const isClosing = event.kind === "turn_end" && batch.turn.ends;
    if (event.kind === "turn_end") closing = { key: event.key, text };
    if (event.kind === "prompt") prompts.push(event.key);
    if (event.kind === "compaction") {
      observations.push(...observeCompaction(text, event.key, event.at, taken));
    } else if (event.kind !== "prompt") {
      observations.push(...observeMessage(text, event.key, event.at, taken, isClosing));
    }
  }
  const summary = batch.turn.ends
    ? summarise(batch.turn.request, closing, ofActivities, prompts)
    : null;
  const cited = new Set([...observations, ...(summary ? [summary] : [])].flatMap((o) => o.sources));
  for (const { key, kind } of batch.events) {
    if (!cited.has(key) && skipped[key] === undefined) {
      skipped[key] = kind === "prompt" ? "kept_as_prompt" : "nothing_new";
    }
  }
  return { observations, summary, skipped, usage: { input: 0, output: 0 }, model: null };
}

/** Compresses by rules. Never fails; an aborted signal is answered as such. */
export const extractiveProvider: Provider = {
  name: "extractive",
  model: null,
  metered: false,
  estimate: () => ({ input: 0, output: 0 }),
  compress: async (batch, signal) =>
    signal.aborted
      ? {
          ok: false,
          failure: {
            kind: "aborted",
            message: "The call was aborted before it began.",
            retryAfterMs: null,
            usage: { input: 0, output: 0 },
          },
        }
      : { ok: true, result: extract(batch) },
};
