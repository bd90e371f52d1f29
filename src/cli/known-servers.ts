/**
 * The servers that this person's commands know, each with its keys: `servers.json` in the folder for
 * settings, readable by its owner only. A key is only ever sent to the server beside it.
 */
import { chmodSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { z } from "zod";
import { parseKey } from "../memory/key.ts";
import { checkUntracked } from "./connect/key-files.ts";
import { linkTarget, writeText } from "./connect/settings-file.ts";
import { Failure } from "./failure.ts";

const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** What the command line's own key is called among a server's keys. */
export const OWN_KEY = "command-line";

/** What a later version adds stays. */
const ServerSchema = z.looseObject({
  /** Without a slash at its end. */
  url: z.string(),
  team: z.string(),
  person: z.string(),
  /** Purpose -> key: `command-line`, `<agent>` for its hooks, `<agent>/mcp`. */
  keys: z.record(z.string(), z.string()),
});
export type KnownServer = z.infer<typeof ServerSchema>;

const FileSchema = z.looseObject({
  /** Address of the one that commands talk to; null: the local one. */
  default: z.string().nullable().default(null),
  servers: z.array(ServerSchema).default([]),
});
type KnownServers = z.infer<typeof FileSchema>;

function settingsFolder(env: NodeJS.ProcessEnv): string {
  const home = env.HOME || homedir();
  if (process.platform === "win32") {
    return join(env.APPDATA || join(home, "AppData", "Roaming"), "cairn");
  }
  // A relative path there is to be ignored (XDG Base Directory Specification).
  const config = env.XDG_CONFIG_HOME ?? "";
  return join(isAbsolute(config) ? config : join(home, ".config"), "cairn");
}

function serversFile(env: NodeJS.ProcessEnv): string {
  return join(settingsFolder(env), "servers.json");
}

/** All that is remembered; nothing where there is no file. Throws a `Failure` where it is broken. */
export function knownServers(env: NodeJS.ProcessEnv = process.env): KnownServers {
  const path = serversFile(env);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return { default: null, servers: [] };
  }
  takeBack(path);
  try {
    return FileSchema.parse(JSON.parse(text));
  } catch {
    throw new Failure(`${path} is not as this command writes it: correct it, or remove it.`);
  }
}

/** The server at this address, or null. */
export function knownServer(url: string, env: NodeJS.ProcessEnv = process.env): KnownServer | null {
  return knownServers(env).servers.find((server) => server.url === url) ?? null;
}

/** The server that one of these keys is remembered for, or null. */
export function serverOfKey(key: string, env: NodeJS.ProcessEnv = process.env): KnownServer | null {
  const { servers } = knownServers(env);
  return servers.find(({ keys }) => Object.values(keys).includes(key)) ?? null;
}

/** True for a key that was made for an agent, and not for a person's own commands. */
export function isAgentsKey(key: string): boolean {
  const server = serverOfKey(key);
  return server !== null && server.keys[OWN_KEY] !== key;
}

/**
 * Remembers keys of a server beside those that are known of it. `isDefault`: commands talk to it from
 * now on, or to the local one where it is that (`local`); undefined leaves that as it is.
 */
export function rememberServer(
  url: string,
  keys: Record<string, string>,
  standard?: "this" | "local",
  env: NodeJS.ProcessEnv = process.env,
): void {
  const known = knownServers(env);
  const [first = ""] = Object.values(keys);
  const { team, id } = parseKey(first) ?? { team: "", id: "" };
  const before = known.servers.find((server) => server.url === url);
  const server = { ...before, url, team, person: id, keys: { ...before?.keys, ...keys } };
  const others = known.servers.filter((one) => one !== before);
  write(serversFile(env), {
    ...known,
    default: standard === undefined ? known.default : standard === "this" ? url : null,
    servers: first === "" ? known.servers : [...others, server],
  });
}

function write(path: string, value: KnownServers): void {
  // Also where a link leads: people keep their settings in repositories.
  checkUntracked(path);
  mkdirSync(dirname(linkTarget(path)), { recursive: true, mode: FOLDER_MODE });
  writeText(path, null, `${JSON.stringify(value, null, 2)}\n`);
}

/** Somebody may have copied it with other rights. */
function takeBack(path: string): void {
  if (process.platform !== "win32" && (statSync(path).mode & 0o077) !== 0) {
    chmodSync(path, FILE_MODE);
  }
}
