/** What happened around an item, or around the best match of a query. */
import { readerOf } from "../access/caller.ts";
import type { Timeline } from "../contract/recall.ts";
import type { ProjectRef } from "../memory/delivery.ts";
import type { CallContext } from "./call-context.ts";
import { objectOf, placeOfItem, unknownItem } from "./project-lookup.ts";
import { asked, searchMemory } from "./search.ts";

/** How many items are told on each side of the middle. */
export interface Neighbours {
  before: number;
  after: number;
}

/** Around an item. Throws ApiError: 400 for what is not an id, 404 where the item is not there. */
export async function timelineAround(
  call: CallContext,
  id: string,
  { before, after }: Neighbours,
): Promise<Timeline> {
  const place = await placeOfItem(call, id);
  if (place === null) throw unknownItem(id);
  const { project, n } = place;
  const query = { project, around: n, before, after, now: call.now };
  const timeline = await objectOf(call, project).repeatable((stub) =>
    stub.timeline(readerOf(call.caller), query),
  );
  if (timeline === null) throw unknownItem(id);
  return timeline;
}

/** Around the best match in a project, or without one in all that the caller may reach. */
export async function timelineOfMatch(
  call: CallContext,
  phrasings: readonly string[],
  project: ProjectRef | undefined,
  { before, after }: Neighbours,
): Promise<Timeline> {
  if (project !== undefined) {
    const query = { project, around: asked(phrasings), before, after, now: call.now };
    const timeline = await objectOf(call, project).repeatable((stub) =>
      stub.timeline(readerOf(call.caller), query),
    );
    return timeline ?? NOTHING;
  }
  const { items } = await searchMemory(call, undefined, { phrasings, filters: {}, limit: 1 });
  const [best] = items;
  return best === undefined ? NOTHING : await timelineAround(call, best.id, { before, after });
}

const NOTHING: Timeline = { anchor: null, items: [] };
