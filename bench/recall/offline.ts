/** The provider's observations and summaries in a full-text index, without any server. */
import type { KnownOpenPoint, ObserverResult } from "../../src/agent/provider.ts";
import { extract } from "../../src/agent/providers/extractive.ts";
import type { OpenWork } from "../../src/agent/rules/open-work.ts";
import { splitWords } from "../../src/durable/project/search/words.ts";
import { isNotice } from "../../src/hooks/stamps.ts";
import type { StoredEvent } from "../../src/memory/event.ts";
import type { Document } from "./full-text.ts";
import type { Found } from "./score.ts";
import { batchesOf, type Pace } from "./stored-events.ts";

/** How many of a session's newest titles a batch gets to see. */
const RECENT_TITLES = 500;

/** Weights of title, body, split words and index text, as the project's own index has them. */
export const FIELD_WEIGHTS = [3, 2, 1, 1];

/** A session's events through the provider, batch by batch, as the session's object would do it. */
export function compressSession(
  events: StoredEvent[],
  root: string | null,
  pace: Pace = "fast",
): ObserverResult[] {
  const titles: string[] = [];
  let request: string | null = null;
  let openWork: OpenWork | null = null;
  let openPoints: KnownOpenPoint[] = [];
  return batchesOf(
    events.filter((event) => event.skip === null),
    pace,
  ).map(({ events: batch, ends }) => {
    for (const event of batch) {
      if (event.kind === "prompt" && !isNotice("claude-code", event)) {
        request = event.body.text;
      }
    }
    const result = extract({
      root,
      turn: { promptNumber: batch[0]?.promptNumber ?? 0, request, ends },
      recentTitles: titles.slice(-RECENT_TITLES),
      events: batch,
      openWork,
      openPoints,
    });
    titles.push(...result.observations.map(({ title }) => title));
    openWork = result.openWork ?? openWork;
    const closed = new Set((result.closes ?? []).map(({ index }) => index));
    openPoints = [
      ...openPoints.filter((_, index) => !closed.has(index)),
      ...(result.openPoints ?? []),
    ];
    return result;
  });
}

/** Documents of what a session taught. */
export function documentsOf(session: string, results: ObserverResult[]): Document<Found>[] {
  return results.flatMap(({ observations, summary }) => {
    const documents = observations.map((o) => {
      const body = [o.subtitle, o.narrative, ...o.facts].join("\n");
      return {
        fields: [o.title, body, splitWords(o.title, body, o.index_text), o.index_text],
        result: { session, sources: o.sources, characters: o.title.length + 200 },
      };
    });
    if (summary !== null) {
      const { request, investigated, learned, completed, next_steps, sources } = summary;
      const body = [investigated, learned, completed, next_steps].join("\n");
      documents.push({
        fields: [request, body, splitWords(request, body), ""],
        result: { session, sources, characters: request.length + 200 },
      });
    }
    return documents;
  });
}
