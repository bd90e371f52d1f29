/**
 * Sees to it that every event of a batch is accounted for: what a model neither cited nor skipped,
 * or skipped too freely, goes through the rules of another provider.
 */
import type { StoredEvent } from "../memory/event.ts";
import type { ObserverBatch, ObserverResult, Provider } from "./provider.ts";
import { isToolEvent } from "./rules/activity.ts";

/** Of a batch's tool events, the share that a model may pass over: at least 85 % are to be cited. */
const SKIPPED_SHARE_MAX = 0.15;
/** Why another provider wrote some of a batch's observations. */
export const NOT_CITED = "not_cited";
const KEPT_AS_PROMPT = "kept_as_prompt";

export interface Completed {
  result: ObserverResult;
  /** Observations from this index on were written by `rest`. */
  restFrom: number;
  /** True where the summary was written by `rest`. */
  restSummary: boolean;
}

/** The model's skips as far as they stay within their share; events of other kinds always. */
function keptSkips(batch: ObserverBatch, result: ObserverResult): Record<string, string> {
  let allowed = Math.floor(batch.events.filter(isToolEvent).length * SKIPPED_SHARE_MAX);
  const kept: Record<string, string> = {};
  for (const event of batch.events) {
    const reason = result.skipped[event.key];
    if (reason === undefined) continue;
    if (isToolEvent(event) && allowed-- <= 0) continue;
    kept[event.key] = reason;
  }
  return kept;
}

/**
 * `result`, and for events that it leaves out what `rest` makes of them, behind its observations.
 * An observation never gets a source that it was not made from. A summary that is due and missing
 * is taken from `rest` too. Where `rest` fails, the events are skipped as `not_cited`.
 */
export async function compressRest(
  batch: ObserverBatch,
  result: ObserverResult,
  rest: Provider,
  signal: AbortSignal,
): Promise<Completed> {
  const skipped = keptSkips(batch, result);
  const cited = new Set([
    ...result.observations.flatMap(({ sources }) => sources),
    ...(result.summary?.sources ?? []),
  ]);
  const left: StoredEvent[] = [];
  for (const event of batch.events) {
    if (cited.has(event.key) || skipped[event.key] !== undefined) continue;
    // A prompt is delivered as a prompt, whatever else is made of it.
    if (event.kind === "prompt") skipped[event.key] = KEPT_AS_PROMPT;
    else left.push(event);
  }
  const summaryMissing = batch.turn.ends && result.summary === null;
  const restFrom = result.observations.length;
  if (left.length === 0 && !summaryMissing) {
    return { result: { ...result, skipped }, restFrom, restSummary: false };
  }
  const outcome = await rest.compress(
    {
      ...batch,
      turn: { ...batch.turn, ends: summaryMissing },
      recentTitles: [...batch.recentTitles, ...result.observations.map(({ title }) => title)],
      events: summaryMissing ? batch.events : left,
    },
    signal,
  );
  if (!outcome.ok) {
    for (const { key } of left) skipped[key] = NOT_CITED;
    return { result: { ...result, skipped }, restFrom, restSummary: false };
  }
  const wanted = new Set(left.map(({ key }) => key));
  const added = outcome.result;
  const observations = added.observations.filter(({ sources }) =>
    sources.some((key) => wanted.has(key)),
  );
  for (const [key, reason] of Object.entries(added.skipped)) {
    if (wanted.has(key)) skipped[key] = reason;
  }
  return {
    result: {
      ...result,
      observations: [...result.observations, ...observations],
      summary: result.summary ?? added.summary,
      skipped,
    },
    restFrom,
    restSummary: result.summary === null && added.summary !== null,
  };
}
