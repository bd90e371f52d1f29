/** Keys that a team gives out. */
import { readerOf } from "../access/caller.ts";
import { readConfig } from "../config.ts";
import { ApiError } from "../contract/errors.ts";
import type { KeyRequest, Keys, MadeKey } from "../contract/keys.ts";
import { formatKey, hashKey, keyIdOf } from "../memory/key.ts";
import { newSignedKey, signingKey } from "../memory/signed-key.ts";
import { isoTime } from "../platform/time.ts";
import { redact } from "../privacy/redaction.ts";
import { doerOf } from "./audit.ts";
import type { CallContext } from "./call-context.ts";
import { teamObject } from "./objects.ts";

/**
 * Makes a key of the caller's person. Throws ApiError: 503 `not_configured` where the deployment has
 * nothing to sign keys with, 409 where the team has too many.
 */
export async function makeKey(call: CallContext, request: KeyRequest): Promise<MadeKey> {
  const { team, person } = call.caller;
  const [secret = ""] = readConfig(call.env).signingSecrets;
  const signer = await signingKey(secret);
  if (signer === null) {
    throw new ApiError(
      "not_configured",
      "this deployment can make no keys: set the secret CAIRN_SECRET to 32 or more random " +
        "characters (`wrangler secret put CAIRN_SECRET`; `cairn deploy` does it by itself)",
    );
  }
  const { scope } = request;
  const label = redact(request.label);
  const key = await newSignedKey(signer, { team, id: person, scope });
  const secretHash = await hashKey(key);
  // Not repeated: where the answer is lost, nobody has the key, and making another one is no harm.
  const madeAt = await teamObject(call.env, team).once((stub) =>
    stub.issueKey({ key: { id: person, secretHash, scope, label }, by: doerOf(call.caller) }),
  );
  if (madeAt === null) {
    throw new ApiError(
      "too_many_keys",
      "the team has 500 keys already: revoke those that nobody needs any more",
    );
  }
  return {
    id: keyIdOf(secretHash),
    key: formatKey(key),
    person,
    scope,
    label,
    made_at: isoTime(madeAt),
  };
}

export async function keysOfTeam(call: CallContext): Promise<Keys> {
  const keys = await teamObject(call.env, call.caller.team).repeatable((stub) =>
    stub.keys(readerOf(call.caller), {}),
  );
  return { items: keys.map(({ madeAt, ...key }) => ({ ...key, made_at: isoTime(madeAt) })) };
}

/** Throws ApiError: 404 for no key of the team, 409 for one that the configuration lists. */
export async function revokeKey(call: CallContext, id: string): Promise<{ revoked: string }> {
  const outcome = await teamObject(call.env, call.caller.team).once((stub) =>
    stub.revokeKey({ id, by: doerOf(call.caller) }),
  );
  if (outcome === "unknown") {
    throw new ApiError("no_such_key", "the team has no key of this id; GET /v1/keys shows them");
  }
  if (outcome === "listed") {
    throw new ApiError(
      "listed_key",
      "this key is listed in the deployment's CAIRN_KEY: take it out there, and it is refused",
    );
  }
  return { revoked: id };
}
