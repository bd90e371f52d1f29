/**
 * How this command came to the machine: as a clone with its sources, or as the package, in which all
 * is built. It works from any folder; its own files do not move.
 */
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { COMMAND_FILE } from "../hooks/connect/machine-files.ts";
import { machineFolder } from "./machine-folder.ts";

/** The folder of `package.json`, above the sources as above the bundle. */
export const ROOT = rootAbove(dirname(fileURLToPath(import.meta.url)));

/** True in a clone: the sources are there, and what is needed to build them. */
export const IS_CLONE = existsSync(join(ROOT, "src", "cli", "main.ts"));

/** What the package has instead of sources, below its root. */
export const BUILT = join(ROOT, "dist");

/** The command's own file, which runs wherever a shell names it by this absolute path. */
export const COMMAND_PATH = join(ROOT, "bin", "cairn.js");

/** The command as a person types it on this machine, ready for a shell. */
export const CAIRN = typedCommand(process.env);

function rootAbove(folder: string): string {
  return existsSync(join(folder, "package.json")) ? folder : rootAbove(dirname(folder));
}

/** A bare `npx cairn` is somebody else's package, and a bare `cairn` is on the path only of who put it there. */
function typedCommand(env: NodeJS.ProcessEnv): string {
  if (!IS_CLONE) {
    if (isRunByNpx()) return "npx cairn-memory";
    if (isOnPath(env)) return "cairn";
  }
  return process.platform === "win32" ? `node ${shellWord(COMMAND_PATH)}` : shellWord(COMMAND_PATH);
}

/** True where the package is in npx's cache, which npm may clear at any time. */
export function isRunByNpx(): boolean {
  return /[\\/]_npx[\\/]/.test(ROOT);
}

/**
 * True where `cairn` on the person's path is this one: npm makes a link to it, on Windows a script
 * beside the packages. What npm itself puts before the path for a script is not there in a terminal.
 */
function isOnPath(env: NodeJS.ProcessEnv): boolean {
  for (const folder of (env.PATH ?? "").split(delimiter)) {
    const link = join(folder, "cairn");
    const isOfNpm = /[\\/]node_modules[\\/]\.bin[\\/]?$/.test(folder);
    if (!isAbsolute(folder) || isOfNpm || !existsSync(link)) continue;
    if (process.platform === "win32") {
      return resolve(folder, "node_modules", "cairn-memory") === ROOT;
    }
    return realpathSync(link) === realpathSync(COMMAND_PATH);
  }
  return false;
}

/** The folder of all local state: `CAIRN_STATE`, `.cairn` in a clone, else the user's folder for data. */
export function stateFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.CAIRN_STATE) return resolve(env.CAIRN_STATE);
  return IS_CLONE ? join(ROOT, ".cairn") : dataFolder(env);
}

function dataFolder(env: NodeJS.ProcessEnv): string {
  const home = env.HOME || homedir();
  if (process.platform === "win32") {
    return join(env.LOCALAPPDATA || join(home, "AppData", "Local"), "cairn");
  }
  // A relative path there is to be ignored (XDG Base Directory Specification).
  const data = env.XDG_DATA_HOME ?? "";
  return join(isAbsolute(data) ? data : join(home, ".local", "share"), "cairn");
}

/**
 * The state folder that the other kind of installation uses, where there is a memory in it: the
 * package's for a clone, and for the package that of the clone which connected last. Null for none.
 */
export function otherStateFolder(env: NodeJS.ProcessEnv = process.env): string | null {
  const other = IS_CLONE ? dataFolder(env) : stateOfConnected(env);
  return other !== null && other !== stateFolder(env) && existsSync(join(other, "key"))
    ? other
    : null;
}

function stateOfConnected(env: NodeJS.ProcessEnv): string | null {
  try {
    const command = readFileSync(join(machineFolder(env), COMMAND_FILE), "utf8").trim();
    return join(dirname(dirname(command)), ".cairn");
  } catch {
    return null;
  }
}

/** A word as the machine's shell reads it back, quoted only where it has to be. */
export function shellWord(text: string): string {
  if (process.platform === "win32") return /^[\w@+=:,.\\/-]+$/.test(text) ? text : `"${text}"`;
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
