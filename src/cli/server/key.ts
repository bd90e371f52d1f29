/** The local server's key: from the environment, or made by the first start and kept. */
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../failure.ts";

const ID_CHARS = 8;
const SECRET_CHARS = 40;
const DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/** The id of a key has no capital letters: the first 36 digits. */
const ID_RADIX = 36;

/** A bearer token: team, id, secret. DESIGN: `cairn_<team>_<id>_<secret>`. */
const KEY_PATTERN = /^cairn_[a-z0-9-]{1,40}_[a-z0-9]{4,16}_[A-Za-z0-9]{32,}$/;

/** A new key of the team `local`. */
export function newLocalKey(): string {
  return `cairn_local_${randomText(ID_CHARS, ID_RADIX)}_${randomText(SECRET_CHARS, DIGITS.length)}`;
}

/** Uniformly distributed: a byte that would favour the first digits is drawn again. */
function randomText(length: number, radix: number): string {
  const limit = 256 - (256 % radix);
  let text = "";
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < limit && text.length < length) text += DIGITS[byte % radix];
    }
  }
  return text;
}

/** Throws a `Failure` where one of the keys, separated by commas, has not the form of a key. */
export function checkKeys(keys: string, source: string): string {
  for (const key of keys.split(",")) {
    if (!KEY_PATTERN.test(key.trim())) {
      throw new Failure(
        `${source} has not the form of a key: cairn_<team>_<id>_<secret>, with a team of 1 to 40 ` +
          "and an id of 4 to 16 lower-case letters and digits, and a secret of at least 32 letters " +
          "and digits. Unset it to have one made.",
      );
    }
  }
  return keys;
}

/** The key in the state folder; made and written (mode 0600) where there is none. */
export function keptKey(state: string): string {
  const path = join(state, "key");
  if (existsSync(path)) return checkKeys(readFileSync(path, "utf8").trim(), path);
  const key = newLocalKey();
  writeFileSync(path, `${key}\n`, { mode: 0o600, flag: "wx" });
  return key;
}
