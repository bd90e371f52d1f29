/** Observations, summaries and prompts: lists, single ones, and what they were made from. */
import { readerOf } from "../access/caller.ts";
import type { DeletedItem, Item, ItemSources, Observation, Summary } from "../contract/items.ts";
import type { Filters } from "../contract/params.ts";
import { cursorOf, filtersOf } from "../contract/params.ts";
import type { Page } from "../contract/schema.ts";
import type { ListQuery } from "../durable/project/lists.ts";
import { HAND } from "../durable/project/store/new-item.ts";
import { itemId } from "../durable/project/store/show-item.ts";
import type { ProjectRef } from "../memory/delivery.ts";
import { parseSessionPath } from "../memory/session-name.ts";
import { noteDeed } from "./audit.ts";
import type { CallContext } from "./call-context.ts";
import { sessionObject } from "./objects.ts";
import { objectOf, placeOfItem, requestedProject, unknownItem, writeTo } from "./project-lookup.ts";
import { eachProject } from "./projects.ts";

/** One page of a list: `cursor` is the `next` of the page before, decoded. */
export type PageRequest = { project: string; limit: number; cursor: number | null } & {
  [Name in keyof Filters]?: Filters[Name] | undefined;
};

/**
 * Newest first, without mere activity unless it is asked for; empty for a project that does not
 * exist. Throws 400 for no usable name.
 */
export async function listObservations(
  call: CallContext,
  request: PageRequest,
): Promise<Page<Observation>> {
  const project = await requestedProject(call, request.project);
  if (project === null) return NO_PAGE;
  const query = listQuery(project, request);
  const filters = request.activity === true ? query.filters : { ...query.filters, activity: false };
  const page = await objectOf(call, project).repeatable((stub) =>
    stub.list(readerOf(call.caller), { ...query, filters }),
  );
  return { items: page.items, next: cursorOf(page.next) };
}

export async function listSummaries(
  call: CallContext,
  request: PageRequest,
): Promise<Page<Summary>> {
  const project = await requestedProject(call, request.project);
  if (project === null) return NO_PAGE;
  const page = await objectOf(call, project).repeatable((stub) =>
    stub.summaries(readerOf(call.caller), listQuery(project, request)),
  );
  return { items: page.items, next: cursorOf(page.next) };
}

const NO_PAGE = { items: [], next: null };

function listQuery(project: ProjectRef, request: PageRequest): ListQuery {
  const { cursor, limit } = request;
  return { project, filters: filtersOf(request), before: cursor, limit };
}

export interface ItemsById {
  /** Those that exist, in the order asked for. */
  items: Item[];
  /** Ids of those whose project could not be asked. */
  unreachable: string[];
}

/** Items by their ids; each project is asked once. Throws 400 for what is not an id. */
export async function readItems(call: CallContext, ids: readonly string[]): Promise<ItemsById> {
  const byProject = new Map<number, { project: ProjectRef; numbers: number[] }>();
  // What was merged into another project is asked for by its old ids too.
  const idsToday = new Map<string, string>();
  const places = await Promise.all(
    [...new Set(ids)].map(async (id) => [id, await placeOfItem(call, id)] as const),
  );
  for (const [id, place] of places) {
    if (place === null) continue;
    idsToday.set(id, itemId(place.project, place.n));
    const asked = byProject.get(place.project.number) ?? { project: place.project, numbers: [] };
    asked.numbers.push(place.n);
    byProject.set(place.project.number, asked);
  }
  const found = await eachProject(
    call,
    (stub, project, reader) => {
      const numbers = byProject.get(project.number)?.numbers ?? [];
      return stub.getMany(reader, { project, numbers });
    },
    [...byProject.values()].map(({ project }) => project),
  );
  const byId = new Map(
    found.answers.flatMap(({ answer }) => answer).map((item) => [item.id, item]),
  );
  const silent = found.unreachable.map(({ number }) => `${number}-`);
  return {
    items: ids.flatMap((id) => byId.get(idsToday.get(id) ?? id) ?? []),
    unreachable: ids.filter((id) =>
      silent.some((prefix) => (idsToday.get(id) ?? id).startsWith(prefix)),
    ),
  };
}

/** Throws ApiError: 400 for what is not an id, 404 where there is none of it. */
export async function readItem(call: CallContext, id: string): Promise<Item> {
  const place = await placeOfItem(call, id);
  if (place === null) throw unknownItem(id);
  const item = await objectOf(call, place.project).repeatable((stub) =>
    stub.get(readerOf(call.caller), place),
  );
  if (item === null) throw unknownItem(id);
  return item;
}

/**
 * Deletes an item, and the content of the events that it was made from. Throws ApiError: 400 for
 * what is not an id, 404 where there is none of it.
 */
export async function deleteItem(call: CallContext, id: string): Promise<DeletedItem> {
  const item = await readItem(call, id);
  const place = await placeOfItem(call, id);
  if (place === null) throw unknownItem(id);
  await noteDeed(call, "delete_item", id);
  // First the events: where that fails the item still stands, and can be deleted again.
  const session = sessionOf(call, item);
  const { kind, prompt_number: promptNumber, sources } = item;
  const events =
    session === null
      ? 0
      : await session.repeatable((stub) =>
          stub.withdraw({ item: { kind, promptNumber, sources } }),
        );
  const { n } = place;
  // Not repeated: the second call would find nothing, and say so.
  const isRemoved = await writeTo(call, place.project, (object) =>
    object.once((stub) => stub.remove({ n })),
  );
  if (!isRemoved) {
    throw unknownItem(id);
  }
  return { deleted: id, removed: { items: 1, events } };
}

/** The session that an item was learnt in; null for what was saved by hand, and without sources. */
function sessionOf(call: CallContext, { agent, session, sources }: Item) {
  const name = agent === HAND ? null : parseSessionPath(session);
  if (name === null || sources.length === 0) return null;
  return sessionObject(call.env, { team: call.caller.team, ...name });
}

/** What an item was made from. Throws ApiError: 400 for what is not an id, 404 where there is none. */
export async function sourcesOfItem(call: CallContext, id: string): Promise<ItemSources> {
  const item = await readItem(call, id);
  const { project, session, agent, prompt_number, created_at, sources } = item;
  const known = { id: item.id, project, session, agent, prompt_number, created_at, sources };
  const object = sessionOf(call, item);
  if (object === null) return { ...known, kept: [], gone: [] };
  const { kept } = await object.repeatable((stub) =>
    stub.sources(readerOf(call.caller), { keys: sources }),
  );
  const there = new Set(kept.map(({ key }) => key));
  return {
    ...known,
    kept: kept.map((source) => ({ ...source, body: JSON.parse(source.body) as unknown })),
    gone: sources.filter((key) => !there.has(key)),
  };
}
