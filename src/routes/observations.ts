/** `/v1/observations`: listing, reading, saving by hand, deleting, and what they were made from. */

import { Hono } from "hono";
import { z } from "zod";
import { type Caller, readerOf } from "../access/caller.ts";
import { ApiError } from "../contract/errors.ts";
import type { Item } from "../contract/items.ts";
import { CursorParam, count, filterParams, ProjectParam } from "../contract/params.ts";
import { HAND } from "../durable/project/store/new-item.ts";
import type { AppEnv } from "../http/app-env.ts";
import { parseBody, parseQuery } from "../http/body.ts";
import { parseSessionPath, sessionObjectName } from "../memory/session-name.ts";
import { listPage } from "../service/list-page.ts";
import { type LocatedItem, locateItem, parseItemId } from "../service/project-lookup.ts";
import { SaveSchema, saveByHand } from "../service/save.ts";

export const observationRoutes = new Hono<AppEnv>();

const ListSchema = z.object({
  project: ProjectParam,
  ...filterParams,
  limit: count(20, 100),
  cursor: CursorParam,
});

observationRoutes.get("/", async (c) => {
  const query = parseQuery(c, ListSchema);
  const caller = c.get("caller");
  return c.json(
    await listPage(c.env, caller, query, (stub, page) => stub.list(readerOf(caller), page)),
  );
});

const BATCH_MAX = 100;
const BatchSchema = z.object({
  ids: z
    .array(z.string().max(40), { error: 'must be a list of ids, for example ["3-4567"]' })
    .max(BATCH_MAX, `must be at most ${BATCH_MAX} ids: ask for fewer at once`),
});

observationRoutes.post("/batch", async (c) => {
  const { ids } = await parseBody(c, BatchSchema);
  const items = await readItems(c.env, c.get("caller"), ids);
  return c.json({ items });
});

/** The items of these ids that exist, in the order asked for; each project is asked once. */
export async function readItems(env: Env, caller: Caller, ids: string[]): Promise<Item[]> {
  const located = await Promise.all(
    [...new Set(ids)].map(async (id) => ({ id, place: await locateItem(env, caller, id) })),
  );
  const byProject = new Map<number, { place: LocatedItem; numbers: number[] }>();
  for (const { place } of located) {
    if (place === null) continue;
    const asked = byProject.get(place.project.number) ?? { place, numbers: [] };
    asked.numbers.push(place.n);
    byProject.set(place.project.number, asked);
  }
  const found = await Promise.all(
    [...byProject.values()].map(({ place, numbers }) =>
      place.stub.getMany(readerOf(caller), { project: place.project, numbers }),
    ),
  );
  const byId = new Map(found.flat().map((item) => [item.id, item]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

observationRoutes.post("/", async (c) => {
  const request = await parseBody(c, SaveSchema);
  const key = c.req.header("Idempotency-Key") ?? null;
  const observation = await saveByHand(c.env, c.get("caller"), request, key, c.get("arrivedAt"));
  return c.json(observation, 201);
});

observationRoutes.get("/:id", async (c) => {
  const item = await readOne(c.env, c.get("caller"), c.req.param("id"));
  return c.json(item);
});

observationRoutes.delete("/:id", async (c) => {
  const id = c.req.param("id");
  const located = await locateItem(c.env, c.get("caller"), id);
  if (located === null || !(await located.stub.remove({ n: located.n }))) throw unknownId(id);
  return c.json({ deleted: id });
});

observationRoutes.get("/:id/sources", async (c) => {
  const caller = c.get("caller");
  const item = await readOne(c.env, caller, c.req.param("id"));
  const known = {
    id: item.id,
    project: item.project,
    session: item.session,
    agent: item.agent,
    prompt_number: item.prompt_number,
    created_at: item.created_at,
    sources: item.sources,
  };
  const name = item.agent === HAND ? null : parseSessionPath(item.session);
  if (name === null || item.sources.length === 0) return c.json({ ...known, kept: [], gone: [] });
  const stub = c.env.SESSIONS.getByName(sessionObjectName({ team: caller.team, ...name }));
  const { kept } = await stub.sources(readerOf(caller), { keys: item.sources });
  const there = new Set(kept.map(({ key }) => key));
  const shown = kept.map((source) => ({ ...source, body: JSON.parse(source.body) as unknown }));
  return c.json({ ...known, kept: shown, gone: item.sources.filter((key) => !there.has(key)) });
});

async function readOne(env: Env, caller: Caller, id: string): Promise<Item> {
  const located = await locateItem(env, caller, id);
  const item =
    (await located?.stub.get(readerOf(caller), { project: located.project, n: located.n })) ?? null;
  if (item === null) throw unknownId(id);
  return item;
}

function unknownId(id: string): ApiError {
  const read = parseItemId(id) === null ? "this id" : id;
  return new ApiError(404, "unknown_id", `there is no ${read}: it was deleted or never was`);
}
