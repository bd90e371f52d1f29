/** `/v1/observations`: listing, reading, saving by hand, deleting, and what they were made from. */
import { Hono } from "hono";
import { z } from "zod";
import { CursorParam, count, filterParams, ProjectParam } from "../contract/params.ts";
import type { AppEnv } from "../http/app-env.ts";
import { parseBody, parseQuery } from "../http/body.ts";
import { callContext } from "../http/call-context.ts";
import {
  deleteItem,
  listObservations,
  readItem,
  readItems,
  sourcesOfItem,
} from "../service/items.ts";
import { incompleteness } from "../service/projects.ts";
import { SaveSchema, saveByHand } from "../service/save.ts";

export const observationRoutes = new Hono<AppEnv>();

const ListSchema = z.object({
  project: ProjectParam,
  ...filterParams,
  limit: count(20, 100),
  cursor: CursorParam,
});

observationRoutes.get("/", async (c) =>
  c.json(await listObservations(callContext(c), parseQuery(c, ListSchema))),
);

const BATCH_MAX = 100;
const BatchSchema = z.object({
  ids: z
    .array(z.string().max(40), { error: 'must be a list of ids, for example ["3-4567"]' })
    .max(BATCH_MAX, `must be at most ${BATCH_MAX} ids: ask for fewer at once`),
});

observationRoutes.post("/batch", async (c) => {
  const { ids } = await parseBody(c, BatchSchema);
  const found = await readItems(callContext(c), ids);
  return c.json({ items: found.items, ...incompleteness(found) });
});

observationRoutes.post("/", async (c) => {
  const request = await parseBody(c, SaveSchema);
  const key = c.req.header("Idempotency-Key") ?? null;
  return c.json(await saveByHand(callContext(c), request, key), 201);
});

observationRoutes.get("/:id", async (c) =>
  c.json(await readItem(callContext(c), c.req.param("id"))),
);

observationRoutes.delete("/:id", async (c) => {
  const id = c.req.param("id");
  await deleteItem(callContext(c), id);
  return c.json({ deleted: id });
});

observationRoutes.get("/:id/sources", async (c) =>
  c.json(await sourcesOfItem(callContext(c), c.req.param("id"))),
);
