/** What the rules make of a recorded session, without any server, as a reader would get it. */
import type { ObserverResult } from "../../src/agent/provider.ts";
import { correctedBy } from "../../src/memory/corrections.ts";
import type { DraftObservation } from "../../src/memory/observation.ts";
import { compressSession } from "../recall/offline.ts";
import type { RecordedSession } from "../recall/recorded-sessions.ts";
import { type Pace, storedEvents } from "../recall/stored-events.ts";

export interface Told {
  /** Those that stand: not superseded, no activity. */
  observations: DraftObservation[];
  activities: DraftObservation[];
  summaries: NonNullable<ObserverResult["summary"]>[];
  /** Those that are still open at the end. */
  openPoints: string[];
  /** Share of the tool events that an observation or activity cites. */
  traceable: number;
  toolEvents: number;
}

/** Everything that a recorded session taught at its end. */
export function toldBy(session: RecordedSession, pace: Pace): Told {
  const { events, root } = storedEvents(session);
  const results = compressSession(events, root, pace);
  const withdrawn = new Set<DraftObservation>();
  const made: DraftObservation[] = [];
  let openPoints: string[] = [];
  for (const result of results) {
    made.push(...result.observations);
    for (const correction of result.corrects ?? []) {
      for (const { observation } of correctedBy(correction, asFound(made))) {
        withdrawn.add(observation);
      }
    }
    const closed = new Set((result.closes ?? []).map(({ index }) => index));
    openPoints = [
      ...openPoints.filter((_, index) => !closed.has(index)),
      ...(result.openPoints ?? []).map(({ text }) => text),
    ];
  }
  const tools = events.filter(({ kind, skip }) => kind.startsWith("tool_") && skip === null);
  const cited = new Set(made.flatMap(({ sources }) => sources));
  return {
    observations: made.filter((o) => o.activity !== true && !withdrawn.has(o)),
    activities: made.filter((o) => o.activity === true),
    summaries: results.flatMap(({ summary }) => (summary === null ? [] : [summary])),
    openPoints,
    traceable: tools.filter(({ key }) => cited.has(key)).length / Math.max(1, tools.length),
    toolEvents: tools.length,
  };
}

/** Observations as the project looks for those that a correction speaks of. */
function asFound(made: readonly DraftObservation[]) {
  return made.map((observation) => ({
    source: observation.sources[0] ?? "",
    title: observation.title,
    observation,
  }));
}

/** What a reader of an item sees, as one text: every field but where it came from and what it is found by. */
export function shown(item: object): string {
  return Object.entries(item)
    .filter(
      ([name, value]) => !["sources", "index_text", "activity", "decides"].includes(name) && value,
    )
    .map(([, value]) => (typeof value === "string" ? value : JSON.stringify(value)))
    .join(" \n");
}
