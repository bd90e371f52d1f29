/**
 * Sees to it that every event of a batch is accounted for: what a model made nothing of is kept as
 * activity, and what it left open is followed by the rules, so that a fallback in the middle of a
 * session knows what went before.
 */
import type { ClosedPoint, ObserverBatch, ObserverResult } from "./provider.ts";
import { follow } from "./rules/follow.ts";
import { isOfUnpushed } from "./rules/open-points.ts";
import { bounded, type OpenWork } from "./rules/open-work.ts";
import { ofOthers, withRest } from "./rules/rest.ts";

/** Why the rules wrote a summary beside a model's observations. */
export const NOT_CITED = "not_cited";

export interface Completed {
  result: ObserverResult;
  /** Observations from this index on are activity that the rules wrote down. */
  activityFrom: number;
  /** True where the summary was written by the rules. */
  ruledSummary: boolean;
}

/** What waits to be told, without what the model told already: nothing is told twice. */
function untold({ changes, findings, ...work }: OpenWork, told: ReadonlySet<string>): OpenWork {
  return {
    ...work,
    changes: changes
      .map((change) => ({ ...change, keys: change.keys.filter((key) => !told.has(key)) }))
      .filter(({ keys }) => keys.length > 0),
    findings: findings.filter(({ key }) => !told.has(key)),
  };
}

/** What later batches may show to be wrong is what the model said, not what the rules would have. */
function openWorkOf(
  batch: ObserverBatch,
  followed: OpenWork,
  { observations, corrects = [] }: ObserverResult,
): OpenWork {
  const corrected = new Set(corrects.map(({ source }) => source));
  const before = (batch.openWork?.delivered ?? []).filter(({ key }) => !corrected.has(key));
  const now = observations.flatMap(({ title, narrative, sources: [key] }) =>
    key === undefined ? [] : [{ key, text: `${title}. ${narrative}`, paths: [] }],
  );
  const told = new Set(observations.flatMap(({ sources }) => sources));
  return bounded({ ...untold(followed, told), delivered: [...before, ...now] });
}

/** What the model says to be done, and what a command proves to be; words are the model's to judge. */
function withProved(
  batch: ObserverBatch,
  { closes = [] }: ObserverResult,
  followed: ReturnType<typeof follow>,
): ClosedPoint[] {
  const commands = new Set(
    followed.activities.filter(({ kind }) => kind === "command").map(({ key }) => key),
  );
  const said = new Set(closes.map(({ index }) => index));
  const proved = followed.closes.filter(({ index, proof }) => {
    const text = batch.openPoints?.[index]?.text ?? "";
    return commands.has(proof) && !said.has(index) && !isOfUnpushed(text);
  });
  return [...closes, ...proved];
}

/**
 * `result`, behind its observations the activity of the calls that it cites nowhere, and a summary
 * where one is due and missing. Pure.
 */
export function complete(batch: ObserverBatch, result: ObserverResult): Completed {
  const followed = follow({ ...batch, events: ofOthers(batch.events).events });
  for (const { title } of result.observations) followed.taken.add(title.toLowerCase());
  const whole = withRest(batch, followed, result.observations, result.summary);
  return {
    result: {
      ...result,
      ...whole,
      closes: withProved(batch, result, followed),
      openWork: openWorkOf(batch, followed.openWork, result),
    },
    activityFrom: result.observations.length,
    ruledSummary: result.summary === null && whole.summary !== null,
  };
}
