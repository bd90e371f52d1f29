/** The embedded default: rules instead of a model. No network, no cost, the same answer every time. */
import type { ObserverBatch, ObserverResult, Provider } from "../provider.ts";
import { isEmpty } from "../rules/activity.ts";
import { activityItems, textItems } from "../rules/activity-items.ts";
import { follow } from "../rules/follow.ts";
import { isOwn } from "../rules/own-calls.ts";
import { requestOf } from "../rules/request.ts";
import { summarise } from "../rules/summary.ts";

/** What the rules make of a batch: pure, and a matter of milliseconds. */
export function extract(batch: ObserverBatch): ObserverResult {
  const skipped: Record<string, string> = {};
  const events = batch.events.filter((event) => {
    if (!isOwn(event)) return true;
    skipped[event.key] = "internal";
    return false;
  });
  const followed = follow({ ...batch, events });
  const { observations } = followed;
  const told = new Set(observations.flatMap(({ sources }) => sources));
  const rest = followed.activities.filter((activity) => {
    if (told.has(activity.key)) return false;
    if (isEmpty(activity)) skipped[activity.key] = "empty";
    return !isEmpty(activity);
  });
  observations.push(
    ...activityItems(rest, followed.bodies, followed.taken),
    ...textItems(events, followed.taken),
  );
  const closes = batch.turn.ends && batch.turn.backgroundTasks !== true;
  const prompts = events.filter(({ kind }) => kind === "prompt").map(({ key }) => key);
  const summary = closes
    ? summarise(
        requestOf(followed.request),
        followed.closing,
        observations,
        followed.passed,
        prompts,
      )
    : null;
  const cited = new Set([...observations, ...(summary ? [summary] : [])].flatMap((o) => o.sources));
  for (const { key, kind } of events) {
    if (!cited.has(key) && skipped[key] === undefined) {
      skipped[key] = kind === "prompt" ? "kept_as_prompt" : "nothing_new";
    }
  }
  const { openWork, openPoints, closes: closed, corrects } = followed;
  return {
    observations,
    summary,
    skipped,
    openWork,
    openPoints,
    closes: closed,
    corrects,
    usage: { input: 0, output: 0 },
    model: null,
  };
}

/** Compresses by rules. Never fails; an aborted signal is answered as such. */
export const extractiveProvider: Provider = {
  name: "extractive",
  model: null,
  metered: false,
  immediate: true,
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
