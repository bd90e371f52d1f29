/** Where this clone is: the command works from any folder, its own files do not move. */
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const CLONE = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The command of this clone by its absolute path: a bare `npx cairn` is somebody else's package. */
export const CAIRN_COMMAND = join(CLONE, "bin", "cairn.js");

/** The folder of all local state: `CAIRN_STATE`, or `.cairn` in the clone. */
export function stateFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env.CAIRN_STATE ? resolve(env.CAIRN_STATE) : join(CLONE, ".cairn");
}

/** A word as a POSIX shell reads it back, quoted only where it has to be. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
