/** `/v1/observations`: listing, reading, saving by hand, deleting, and what they were made from. */
import { Hono } from "hono";
import { BatchBody, ObservationsQuery, SaveBody } from "../contract/params.ts";
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
import { saveByHand } from "../service/save.ts";

export const observationRoutes = new Hono<AppEnv>();

observationRoutes.get("/", async (c) =>
  c.json(await listObservations(callContext(c), parseQuery(c, ObservationsQuery))),
);

observationRoutes.post("/batch", async (c) => {
  const { ids } = await parseBody(c, BatchBody);
  const found = await readItems(callContext(c), ids);
  return c.json({ items: found.items, ...incompleteness(found) });
});

observationRoutes.post("/", async (c) => {
  const request = await parseBody(c, SaveBody);
  const key = c.req.header("Idempotency-Key") ?? null;
  return c.json(await saveByHand(callContext(c), request, key), 201);
});

observationRoutes.get("/:id", async (c) =>
  c.json(await readItem(callContext(c), c.req.param("id"))),
);

observationRoutes.delete("/:id", async (c) =>
  c.json(await deleteItem(callContext(c), c.req.param("id"))),
);

observationRoutes.get("/:id/sources", async (c) =>
  c.json(await sourcesOfItem(callContext(c), c.req.param("id"))),
);
