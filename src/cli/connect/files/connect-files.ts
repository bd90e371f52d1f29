/** `connect` and its like for agents that are set up by files (`FilesConnect`). */
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { CODEX_CONFIG_FILE, CODEX_HOOKS_FILE } from "../../../hooks/codex/connect.ts";
import type { FilePart, FilesConnect, FilesOptions } from "../../../hooks/connect/files-connect.ts";
import {
  type KeptSettings,
  readSettings,
  SETTINGS_SUFFIX,
  settingsText,
} from "../../../hooks/connect/settings-command.ts";
import { Failure } from "../../failure.ts";
import { CAIRN } from "../../installation.ts";
import { noteMachine } from "../../machine.ts";
import { machineFolder } from "../../machine-folder.ts";
import type { Target } from "../../target.ts";
import type { MakesKeys } from "../agent-keys.ts";
import { checkUntracked, takeFromOthers } from "../key-files.ts";
import { readSettingsFile, writeText } from "../settings-file.ts";
import { changes, hasForeignServer, readText, settingsIn, type Written } from "./apply.ts";
import { trustsOf, withoutTrust, withTrust } from "./codex-trust.ts";

type Say = (line: string) => void;

/** What a pause makes of the settings' name: commands and plugins find none then. */
const PAUSED_SUFFIX = ".paused";
const KEY_FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

export interface FilesFlags {
  projectScope: boolean;
  /** Show what would be written, and write nothing. */
  print: boolean;
  /** Codex: trust the hooks in its person's name. */
  trust: boolean;
}

/** A connection as it stands in the agent's files. */
export interface FilesConnected {
  /** Absolute path of the file with the server and the hooks' key. */
  keyFile: string;
  url: string;
  key: string;
  paused: boolean;
}

function ownFolder(agent: FilesConnect, projectScope: boolean): string {
  return projectScope
    ? resolve(agent.projectFolder)
    : resolve(agent.machineFolder(process.env, process.env.HOME || homedir()));
}

/** In a repository the name is the same for all who use the server, and another for another server. */
function settingsName(agent: FilesConnect, url: string, projectScope: boolean): string {
  const digest = createHash("sha256").update(url).digest("hex").slice(0, 8);
  return projectScope ? `${agent.name}-${digest}` : agent.name;
}

function settingsPath(name: string): string {
  return join(machineFolder(), `${name}${SETTINGS_SUFFIX}`);
}

/** `target`: the server, with the key of the MCP server. */
function optionsFor(agent: FilesConnect, target: Target, projectScope: boolean): FilesOptions {
  return {
    url: target.url,
    mcpKey: target.key,
    settings: settingsName(agent, target.url, projectScope),
    folder: ownFolder(agent, projectScope),
    projectScope,
  };
}

/** Puts hooks or plugin, keys and MCP server in. Repeatable; another server takes the place of the first. */
export async function connectFiles(
  agent: FilesConnect,
  target: Target,
  flags: FilesFlags & MakesKeys,
  say: Say,
): Promise<void> {
  if (flags.trust && agent.name !== "codex") {
    throw new Failure("--trust is for codex: no other agent asks before it runs hooks.");
  }
  const address = `${target.url}/hooks/${agent.name}`;
  const given = optionsFor(agent, target, flags.projectScope);
  if (flags.print) {
    print(agent, given, address, target.key, say);
    return;
  }
  const { folder, settings } = given;
  for (const path of keyFiles(folder, agent.parts(given))) checkUntracked(path);
  // What cannot be changed is found before a key is made for it.
  changes(agent, folder, settings, agent.parts(given), true);
  const keys = await flags.makeKeys();
  const options = { ...given, mcpKey: keys.mcp ?? target.key };
  const parts = agent.parts(options);
  const foreign = hasForeignServer(folder, parts);
  const files = changes(agent, folder, settings, parts, true);
  const closed = keyFiles(folder, parts).filter(takeFromOthers);
  const isNoted = noteMachine();
  const changed = files.filter(({ before, after }) => before !== after);
  for (const file of changed) file.write();
  const paths = changed.map(({ path }) => path);
  if (keepSettings(settings, settingsText(address, keys.capture)))
    paths.push(settingsPath(settings));
  if (flags.trust && trust(agent, folder, withTrust)) paths.push(trustFile(agent));
  for (const path of closed) say(`  ${path} was readable by everybody here; now only by you.`);
  const { title } = agent;
  if (paths.length === 0) {
    say(`${title} is connected to ${target.url} already; nothing had to be changed.`);
    if (keys.note !== null) say(`  note: ${keys.note}`);
    return;
  }
  say(`${title} is connected to ${target.url}.`);
  for (const path of new Set(paths)) say(`  written: ${path}`);
  if (!isNoted) {
    say(
      "  note: this machine could not be given an id (~/.local/state): see the README, Projects.",
    );
  }
  if (keys.note !== null) say(`  note: ${keys.note}`);
  if (foreign !== null) {
    say(`  note: ${foreign} has an MCP server named "cairn" that is not this one; it was left.`);
  }
  const note = agent.note(options);
  if (note !== null && !flags.trust) say(`  note: ${note}`);
  const scope = flags.projectScope ? " --project-scope" : "";
  say(
    `Sessions that are started from now on are remembered. Undo with: ${CAIRN} disconnect ${agent.name}${scope}`,
  );
}

/** Files that the MCP server's key goes into. */
function keyFiles(folder: string, parts: readonly FilePart[]): string[] {
  return parts
    .filter(({ kind }) => kind === "mcp" || kind === "toml")
    .map(({ file }) => join(folder, file));
}

/** Takes out what `connect` put in, and nothing else. */
export function disconnectFiles(agent: FilesConnect, projectScope: boolean, say: Say): void {
  const folder = ownFolder(agent, projectScope);
  const found = connectedFiles(agent, projectScope);
  const target = { url: found?.url ?? "https://localhost", key: found?.key ?? "" };
  const options = optionsFor(agent, target, projectScope);
  // What was trusted is known only while the hooks are there.
  if (agent.name === "codex") trust(agent, folder, withoutTrust);
  const files = changes(agent, folder, options.settings, agent.parts(options), false);
  const changed = files.filter(({ before, after }) => before !== after);
  for (const file of changed) file.write();
  for (const { path, after } of changed)
    say(`  ${after === null ? "removed" : "written"}: ${path}`);
  if (found !== null && projectScope) {
    say(`  The key stays in ${found.keyFile}, for other folders of this server.`);
  } else if (found !== null) {
    rmSync(found.keyFile, { force: true });
    say(`  removed: ${found.keyFile}`);
  }
  const was = changed.length > 0 || found !== null;
  say(`${agent.title} ${was ? "is disconnected" : "was not connected"}.`);
}

/** What stands in the agent's files; null where it is not connected. */
export function connectedFiles(agent: FilesConnect, projectScope: boolean): FilesConnected | null {
  const name = settingsIn(agent, join(ownFolder(agent, projectScope), primary(agent).file));
  if (name === null) return null;
  const path = settingsPath(name);
  const paused = !existsSync(path);
  const keyFile = paused ? `${path}${PAUSED_SUFFIX}` : path;
  const kept: KeptSettings | null = readSettings(readText(keyFile) ?? "");
  if (kept === null) return null;
  const url = kept.address.slice(0, -`/hooks/${agent.name}`.length);
  return { keyFile, url, key: kept.key, paused };
}

function primary(agent: FilesConnect): FilePart {
  const options = { url: "", mcpKey: "", settings: "", folder: "", projectScope: true };
  const [first] = agent.parts(options);
  if (first === undefined) throw new Error(agent.name);
  return first;
}

/** In words, what is not as `connect` would write it today; none where all is. */
export function fileFaults(agent: FilesConnect, projectScope: boolean): string[] {
  const found = connectedFiles(agent, projectScope);
  if (found === null) return ["missing"];
  const options = optionsFor(agent, found, projectScope);
  // The MCP server's own key is not known here; that one is there is enough.
  const parts = agent.parts(options).filter(({ kind }) => kind === "hooks" || kind === "own");
  const files = changes(agent, options.folder, options.settings, parts, true);
  const text = settingsText(`${found.url}/hooks/${agent.name}`, found.key);
  const faults = files.flatMap(({ path, before, after }) =>
    before === null
      ? [`missing: ${path}`]
      : before === after
        ? []
        : [`not as this version writes it: ${path}`],
  );
  if (readText(found.keyFile) !== text) {
    faults.push(`not as this version writes it: ${found.keyFile}`);
  }
  return faults;
}

/** Takes the settings away from commands and plugins; hooks stay, and send nothing. */
export function pauseFiles(agent: FilesConnect, projectScope: boolean, say: Say): void {
  const found = connectedFiles(agent, projectScope);
  if (found === null) return;
  if (found.paused) {
    say(`Capture is paused already. Go on with: ${CAIRN} resume`);
    return;
  }
  renameSync(found.keyFile, `${found.keyFile}${PAUSED_SUFFIX}`);
  say(
    `Capture is paused: nothing of what ${agent.title} does is sent. Go on with: ${CAIRN} resume`,
  );
}

export function resumeFiles(agent: FilesConnect, projectScope: boolean, say: Say): void {
  const found = connectedFiles(agent, projectScope);
  if (found?.paused !== true) {
    say("Capture is not paused.");
    return;
  }
  renameSync(found.keyFile, found.keyFile.slice(0, -PAUSED_SUFFIX.length));
  say(`Capture goes on, to ${found.url}.`);
}

/** Returns false where the same stands there already. */
function keepSettings(name: string, text: string): boolean {
  const path = settingsPath(name);
  rmSync(`${path}${PAUSED_SUFFIX}`, { force: true });
  const before = readText(path);
  mkdirSync(dirname(path), { recursive: true, mode: FOLDER_MODE });
  const isChanged = writeText(path, before, text);
  chmodSync(path, KEY_FILE_MODE);
  return isChanged;
}

/** The person's own file, where trust in a repository's hooks stands too. */
function trustFile(agent: FilesConnect): string {
  return join(ownFolder(agent, false), CODEX_CONFIG_FILE);
}

/** Notes that the hooks in `folder` are trusted, or takes that back. True where something changed. */
function trust(agent: FilesConnect, folder: string, change: typeof withTrust): boolean {
  const hooks = join(folder, CODEX_HOOKS_FILE);
  const path = trustFile(agent);
  const before = readText(path);
  const after = change(before ?? "", trustsOf(hooks, readSettingsFile(hooks).value));
  return after !== (before ?? "") && writeText(path, before, after);
}

function print(
  agent: FilesConnect,
  options: FilesOptions,
  address: string,
  key: string,
  say: Say,
): void {
  const masked = key.replace(/[^_]+$/, "…");
  const parts = agent.parts({ ...options, mcpKey: masked });
  const files: Pick<Written, "path" | "after">[] = changes(
    agent,
    options.folder,
    options.settings,
    parts,
    true,
  );
  const kept = { path: settingsPath(options.settings), after: settingsText(address, masked) };
  for (const { path, after } of [...files, kept]) {
    say(`Would be in ${path} (the key is shortened here):`);
    say(after ?? "");
  }
}
