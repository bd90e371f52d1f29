/** The local server's key, and what it signs keys with: of the environment, or made by the first start and kept. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatKey, parseKey } from "../../memory/key.ts";
import { newSignedKey, newSigningSecret, signingKey } from "../../memory/signed-key.ts";
import { Failure } from "../failure.ts";

/** The team of keys that a local server makes. */
const LOCAL_TEAM = "local";

/** The first key of a list separated by commas; throws a `Failure` where one of them is not a key. */
export function firstKey(keys: string, source: string): string {
  const list = keys
    .split(",")
    .map((key) => key.trim())
    .filter((key) => key !== "");
  if (list.length === 0 || list.some((key) => parseKey(key) === null)) {
    throw new Failure(
      `${source} has not the form of a key: cairn_<team>_<id>_<secret>, with a team of 1 to 40 and ` +
        "an id of 4 to 16 lower-case letters and digits (a team may have hyphens), and a secret of " +
        "32 to 200 letters and digits.",
    );
  }
  return list[0] ?? "";
}

/** The key in the state folder, or null where no server was started on it. */
export function keptKey(state: string): string | null {
  const path = join(state, "key");
  return existsSync(path) ? firstKey(readFileSync(path, "utf8"), path) : null;
}

/** Makes a key and keeps it in the state folder, readable by its owner only. */
export async function makeKey(state: string, secret: string): Promise<string> {
  const key = await firstKeyOf(LOCAL_TEAM, secret);
  keep(join(state, "key"), key);
  return key;
}

/** What the server in the state folder signs keys with, made where there is none yet. */
export function signingSecret(state: string): string {
  const path = join(state, "secret");
  if (existsSync(path)) return readFileSync(path, "utf8").trim();
  const secret = newSigningSecret();
  keep(path, secret);
  return secret;
}

function keep(path: string, text: string): void {
  writeFileSync(path, `${text}\n`, { mode: 0o600, flag: "wx" });
}

/**
 * A fresh key of a team, for everything. Throws a `Failure` where `secrets`, the value of
 * `CAIRN_SECRET`, does not begin with a secret.
 */
export async function firstKeyOf(team: string, secrets: string): Promise<string> {
  const signer = await signingKey(secrets.split(",")[0]?.trim() ?? "");
  if (signer === null) {
    throw new Failure(
      "CAIRN_SECRET has to be 32 or more random characters, such as those of: openssl rand -hex 32",
    );
  }
  return formatKey(await newSignedKey(signer, { team, scope: "full" }));
}
