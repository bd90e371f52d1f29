/** Where a machine keeps what Cairn's clients know of it: the folder that the start hook reads too. */
import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** The same folder as `MACHINE_FOLDER_SH` names for a shell. */
export function machineFolder(env: NodeJS.ProcessEnv = process.env): string {
  const state = env.XDG_STATE_HOME;
  const base = state ? resolve(state) : join(env.HOME || homedir(), ".local", "state");
  return join(base, "cairn");
}
