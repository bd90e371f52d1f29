/**
 * Keys that a deployment made: the last characters of their secret are a MAC of all before them, by
 * a secret of the deployment. So one that is made up is refused without asking anybody, and a key
 * says itself what it is good for.
 */
import { KEY_SCOPES, type KeyScope } from "../contract/vocabulary.ts";
import { timingSafeEqual } from "../platform/timing-safe.ts";
import { formatKey, type Key, newKey, SECRET_ALPHABET } from "./key.ts";

/** Length of the MAC: 47 bits, each guess of which is a request. */
const MAC_CHARS = 8;
/** A shorter one could be found by trying, from a single key. */
const SIGNING_SECRET_MIN_CHARS = 32;
const SIGNING_SECRET_BYTES = 32;

/** First letter of a key's secret, covered by the MAC. */
const SCOPE_LETTERS = { capture: "c", full: "f" } as const satisfies Record<KeyScope, string>;

/** A fresh value for `CAIRN_SECRET`: 256 random bits, as hexadecimal digits. */
export function newSigningSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SIGNING_SECRET_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Makes a secret of the deployment ready for use; null where it is too short to be one. */
export async function signingKey(secret: string): Promise<CryptoKey | null> {
  if (secret.length < SIGNING_SECRET_MIN_CHARS) return null;
  return await crypto.subtle.importKey(
    "raw",
    new TextEncoder().encode(secret),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
}

/** A fresh key; of the person `id`, or of a new one without it. Throws where `team` is no team's name. */
export async function newSignedKey(
  signer: CryptoKey,
  { team, id, scope }: { team: string; id?: string; scope: KeyScope },
): Promise<Key> {
  const fresh = newKey(team);
  const key = {
    ...fresh,
    id: id ?? fresh.id,
    secret: SCOPE_LETTERS[scope] + fresh.secret.slice(1),
  };
  return { ...key, secret: key.secret + (await macOf(signer, key)) };
}

/** What the key is good for, if one of the deployment's secrets signed it; else null. */
export async function signedScope(
  signers: readonly CryptoKey[],
  key: Key,
): Promise<KeyScope | null> {
  const sent = key.secret.slice(-MAC_CHARS);
  const unsigned = { ...key, secret: key.secret.slice(0, -MAC_CHARS) };
  const macs = await Promise.all(signers.map((signer) => macOf(signer, unsigned)));
  const isSigned = macs.map((mac) => timingSafeEqual(mac, sent)).includes(true);
  if (!isSigned) return null;
  return KEY_SCOPES.find((scope) => key.secret.startsWith(SCOPE_LETTERS[scope])) ?? null;
}

async function macOf(signer: CryptoKey, unsigned: Key): Promise<string> {
  const text = new TextEncoder().encode(formatKey(unsigned));
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", signer, text));
  return Array.from(
    mac.subarray(0, MAC_CHARS),
    (byte) => SECRET_ALPHABET[byte % SECRET_ALPHABET.length],
  ).join("");
}
