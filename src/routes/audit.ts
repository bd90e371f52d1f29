/** `/v1/audit`: who deleted, forgot or changed what, and when. */
import { Hono } from "hono";
import { AuditEntrySchema } from "../contract/audit.ts";
import { TIME_EXAMPLE } from "../contract/examples.ts";
import { PageQuery } from "../contract/params.ts";
import { pageOf } from "../contract/schema.ts";
import type { AppEnv } from "../http/app-env.ts";
import { route } from "../http/described-route.ts";
import { readAudit } from "../service/audit.ts";

/** Behind the authentication; to be mounted at `/v1/audit`. */
export const auditRoutes = new Hono<AppEnv>();

auditRoutes.get(
  "/",
  route(
    {
      summary: "Who deleted, forgot or changed what, the newest first",
      detail:
        "Deletes, forgets, changes of projects, of budgets and of keys. An entry is written before the thing is done, so it may tell of one that failed.",
      query: PageQuery,
      answer: pageOf(AuditEntrySchema),
      example: {
        request: "/v1/audit?limit=1",
        answer: {
          items: [
            {
              at: TIME_EXAMPLE,
              person: "p7h3k2",
              key: "9f86d081884c",
              action: "delete_item",
              target: "3-4567",
            },
          ],
          next: "bjo0MQ",
        },
      },
    },
    (call, { query }) => readAudit(call, query),
  ),
);
