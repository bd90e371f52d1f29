/** The embedded default: rules instead of a model. No network, no cost, the same answer every time. */
import type { ObserverBatch, ObserverResult, Provider } from "../provider.ts";
import { follow } from "../rules/follow.ts";
import { ofOthers, withRest } from "../rules/rest.ts";

/** What the rules make of a batch: pure, and a matter of milliseconds. */
export function extract(batch: ObserverBatch): ObserverResult {
  const followed = follow({ ...batch, events: ofOthers(batch.events).events });
  const { openWork, openPoints, closes, corrects } = followed;
  return {
    ...withRest(batch, followed, followed.observations, null),
    openWork,
    openPoints,
    closes,
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
