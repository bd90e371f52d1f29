/** `/v1/keys`: the team's keys; making one, and revoking one. */
import { Hono } from "hono";
import { TIME_EXAMPLE } from "../contract/examples.ts";
import {
  KeyId,
  KeysSchema,
  MadeKeySchema,
  MakeKeyBody,
  RevokedKeySchema,
} from "../contract/keys.ts";
import type { AppEnv } from "../http/app-env.ts";
import { route } from "../http/described-route.ts";
import { keysOfTeam, makeKey, revokeKey } from "../service/keys.ts";

/** Behind the authentication; to be mounted at `/v1/keys`. */
export const keyRoutes = new Hono<AppEnv>();

const KEY_EXAMPLE = {
  id: "9f86d081884c",
  person: "p7h3k2",
  scope: "capture" as const,
  label: "claude-code on build-7",
  made_at: TIME_EXAMPLE,
};

keyRoutes.post(
  "/",
  route(
    {
      summary: "Makes a key of one's own person",
      detail:
        "A `capture` key is for the environment of an agent: it sends hooks, hears what they answer, and may do nothing else. The key itself is told by this answer only; what is kept is its hash.",
      body: MakeKeyBody,
      answer: MadeKeySchema,
      status: 201,
      errors: ["too_many_keys"],
      example: {
        request: "/v1/keys",
        body: { scope: "capture", label: "claude-code on build-7" },
        answer: { ...KEY_EXAMPLE, key: "cairn_<team>_p7h3k2_<secret>" },
      },
    },
    (call, { body }) => makeKey(call, body),
  ),
);

keyRoutes.get(
  "/",
  route(
    {
      summary: "The team's keys, the newest first",
      answer: KeysSchema,
      example: {
        request: "/v1/keys",
        answer: { items: [{ ...KEY_EXAMPLE, origin: "issued" }] },
      },
    },
    keysOfTeam,
  ),
);

keyRoutes.delete(
  "/:id",
  route(
    {
      summary: "Revokes a key",
      detail: "It is refused everywhere within 30 seconds.",
      path: { id: KeyId },
      answer: RevokedKeySchema,
      errors: ["no_such_key", "listed_key"],
      example: { request: "/v1/keys/9f86d081884c", answer: { revoked: "9f86d081884c" } },
    },
    (call, { path }) => revokeKey(call, path("id")),
  ),
);
