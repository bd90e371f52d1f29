/** Keys that the tests' deployment made, as `POST /v1/keys` would make them. */
import { env } from "cloudflare:workers";
import type { KeyScope } from "../../src/contract/vocabulary.ts";
import { formatKey, hashKey, type Key } from "../../src/memory/key.ts";
import { newSignedKey, signingKey } from "../../src/memory/signed-key.ts";

/** What the Worker under test signs keys with: see vitest.config.ts. */
export const SIGNING_SECRET = "5".repeat(64);

/** A key that no team knows yet. */
export async function signedKey(
  team: string,
  scope: KeyScope = "full",
  secret: string = SIGNING_SECRET,
): Promise<Key> {
  const signer = await signingKey(secret);
  if (signer === null) throw new Error("the tests' secret has to be one");
  return await newSignedKey(signer, { team, scope });
}

/** Gives a team a key of its own. */
export async function issueKey(
  team: string,
  scope: KeyScope = "full",
  secret: string = SIGNING_SECRET,
): Promise<string> {
  const key = await signedKey(team, scope, secret);
  const issued = { id: key.id, secretHash: await hashKey(key), scope, label: "a test" };
  const by = { person: key.id, key: "a test" };
  await env.TEAMS.getByName(team).issueKey({ key: issued, by });
  return formatKey(key);
}
