/** The local server's key: from the environment, or made by the first start and kept. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatKey, newKey, parseKey } from "../../memory/key.ts";
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
export function makeKey(state: string): string {
  const key = formatKey(newKey(LOCAL_TEAM));
  writeFileSync(join(state, "key"), `${key}\n`, { mode: 0o600, flag: "wx" });
  return key;
}
