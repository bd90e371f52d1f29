/** `cairn connect`, `disconnect`, `pause` and `resume`, for every agent that the registry can connect. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, resolve } from "node:path";
import type {
  AgentConnect,
  HookOptions,
  JsonObject,
  SettingsFiles,
} from "../../hooks/connect/agent-connect.ts";
import { isLoopback } from "../../platform/loopback.ts";
import { Failure } from "../failure.ts";
import { CAIRN, COMMAND_PATH } from "../installation.ts";
import { noteMachine } from "../machine.ts";
import type { Target } from "../target.ts";
import type { MakesKeys } from "./agent-keys.ts";
import {
  connectedOptions,
  hasKey,
  hookDifferences,
  isAsNew,
  keyIn,
  newSettings,
  pausedOptions,
  withHooks,
  withKey,
  withPause,
} from "./hook-settings.ts";
import { checkIgnored, checkUntracked, takeFromOthers } from "./key-files.ts";
import { hasForeignMcpServer, MCP_SERVER_NAME, withMcpServer } from "./mcp-server.ts";
import { readSettingsFile, writeSettingsFile } from "./settings-file.ts";

type Change = (settings: JsonObject) => JsonObject;
/** What is to become of each file of a scope. */
type Changes = Partial<Record<"hooks" | "env" | "mcp" | "sharedMcp", Change>>;
type Say = (line: string) => void;

/** The files of a scope, and where in the file of MCP servers their list is. */
interface ScopeFiles extends SettingsFiles {
  mcpSection: readonly string[];
  /** A repository's own file of MCP servers, in which older versions put theirs; else absent. */
  sharedMcp?: string;
}

/** The agent's files, for the whole machine or for the current folder. Some of them may be one. */
export function scopeFiles(
  agent: AgentConnect,
  projectScope: boolean,
  env: NodeJS.ProcessEnv = process.env,
): ScopeFiles {
  const moved = env[agent.folderVariable];
  const folder = moved ? moved : homedir();
  const { hooks, env: block, mcp } = agent.machineFiles[moved ? "moved" : "home"];
  const machine = {
    hooks: resolve(folder, hooks),
    env: resolve(folder, block),
    mcp: resolve(folder, mcp),
    mcpSection: agent.mcpSection,
  };
  if (!projectScope) return machine;
  const { projectFiles } = agent;
  return {
    hooks: resolve(projectFiles.hooks),
    env: resolve(projectFiles.env),
    mcp: machine.mcp,
    mcpSection: agent.projectMcpSection(topFolder()),
    sharedMcp: resolve(projectFiles.sharedMcp),
  };
}

export interface ConnectOptions {
  projectScope: boolean;
  /** Undefined: for a server elsewhere, where the way may be slow or cut. */
  quiet?: boolean;
  /** Tell the person in one line what a session was told. */
  notice: boolean;
  /** Show what would be written, and write nothing. */
  print: boolean;
}

/**
 * Puts the hooks and keys in, keys of the agent's own where the server can make them. Repeatable: a
 * second time with another server moves to that one.
 */
export async function connect(
  agent: AgentConnect,
  target: Target,
  options: ConnectOptions & MakesKeys,
  say: Say,
): Promise<void> {
  const { title } = agent;
  const scope = scopeFiles(agent, options.projectScope);
  const hooks: HookOptions = {
    url: target.url,
    quiet: options.quiet ?? isBestQuiet(target.url),
    notice: options.notice,
    ...withoutShell(),
  };
  if (options.print) {
    print(agent, scope, target, hooks, say);
    return;
  }
  if (options.projectScope) checkIgnored(scope.env, agent.projectFiles.env);
  else checkUntracked(scope.env);
  checkUntracked(scope.mcp);
  checkOwnKey(agent, options.projectScope, scope.env, target.key);
  const keys = await options.makeKeys();
  const closed = [...new Set([scope.env, scope.mcp])].filter(takeFromOthers);
  const isNoted = noteMachine();
  const changed = apply(agent, scope, {
    hooks: (settings) => withHooks(agent, settings, hooks),
    env: (settings) => withPause(withKey(settings, keys.capture), null),
    ...mcpChanges(agent, scope, agent.mcpEntry(target.url, keys.mcp)),
  });
  for (const path of closed) say(`  ${path} was readable by everybody here; now only by you.`);
  if (changed.length === 0) {
    say(`${title} is connected to ${target.url} already; nothing had to be changed.`);
    if (keys.note !== null) say(`  note: ${keys.note}`);
    return;
  }
  say(`${title} is connected to ${target.url}.`);
  for (const path of changed) say(`  written: ${path}`);
  if (!isNoted) {
    say(
      "  note: this machine could not be given an id (~/.local/state): see the README, Projects.",
    );
  }
  if (keys.note !== null) say(`  note: ${keys.note}`);
  warn(agent, target, scope, say);
  say(
    `Sessions that are started from now on are remembered. Undo with: ${CAIRN} disconnect ${agent.name}`,
  );
}

/** Our server's entry in the person's own file, and out of the one that a repository shares. */
function mcpChanges(agent: AgentConnect, scope: ScopeFiles, entry: JsonObject | null): Changes {
  return {
    mcp: (config) => withMcpServer(agent, config, scope.mcpSection, entry),
    sharedMcp: (config) => withMcpServer(agent, config, agent.mcpSection, null),
  };
}

/** On Windows no POSIX shell can be counted on. */
function withoutShell(): Pick<HookOptions, "cairn"> {
  return process.platform === "win32" ? { cairn: `node "${COMMAND_PATH}"` } : {};
}

/** The agent waits for its posts, so those to other machines go out in the background. */
function isBestQuiet(url: string): boolean {
  // A command of ours wants a POSIX shell.
  return process.platform !== "win32" && !isLoopback(new URL(url).hostname);
}

/** Throws a `Failure` where a key stands in the settings that no `connect` put there. */
function checkOwnKey(
  agent: AgentConnect,
  projectScope: boolean,
  path: string,
  newKey: string,
): void {
  const settings = readSettingsFile(path).value;
  if (!hasKey(settings) || keyIn(settings) === newKey) return;
  if (connected(agent, projectScope) !== null) return;
  throw new Failure(
    `CAIRN_KEY stands in ${path} already, and is not from here. Nothing was changed: ` +
      "take it out if nobody needs it, then run this again.",
  );
}

/** Takes out what `connect` put in, and nothing else. */
export function disconnect(agent: AgentConnect, projectScope: boolean, say: Say): void {
  const scope = scopeFiles(agent, projectScope);
  const isOwn = connected(agent, projectScope) !== null;
  const changed = apply(agent, scope, {
    hooks: (settings) => withHooks(agent, settings, null),
    env: (settings) => (isOwn ? withPause(withKey(settings, null), null) : settings),
    ...mcpChanges(agent, scope, null),
  });
  for (const path of changed) {
    say(existsSync(path) ? `  written: ${path}` : `  removed: ${path}`);
  }
  if (projectScope) removeIfEmpty(dirname(scope.hooks));
  say(`${agent.title} ${changed.length === 0 ? "was not connected" : "is disconnected"}.`);
}

/** Takes the hooks out and notes how they were; the key stays. */
export function pause(agent: AgentConnect, projectScope: boolean, say: Say): void {
  const scope = scopeFiles(agent, projectScope);
  const options = connectedOptions(agent, readSettingsFile(scope.hooks).value);
  if (options === null) {
    say(`Capture is paused already. Go on with: ${CAIRN} resume`);
    return;
  }
  apply(agent, scope, {
    hooks: (settings) => withHooks(agent, settings, null),
    env: (settings) => withPause(settings, options),
  });
  say(
    `Capture is paused: nothing of what ${agent.title} does is sent. Go on with: ${CAIRN} resume`,
  );
}

/** Puts the hooks back as they were before the pause. */
export function resume(agent: AgentConnect, projectScope: boolean, say: Say): void {
  const scope = scopeFiles(agent, projectScope);
  const options = pausedOptions(readSettingsFile(scope.env).value);
  if (options === null) {
    say("Capture is not paused.");
    return;
  }
  apply(agent, scope, {
    hooks: (settings) => withHooks(agent, settings, { ...options, ...withoutShell() }),
    env: (settings) => withPause(settings, null),
  });
  say(`Capture goes on, to ${options.url}.`);
}

/** An agent that is connected in a scope, with what stands in its settings. */
export interface Connected {
  agent: AgentConnect;
  projectScope: boolean;
  files: SettingsFiles;
  options: HookOptions;
  /** The hooks are out for now. */
  paused: boolean;
  key: string | null;
}

/** What stands in the agent's settings; null where it is not connected. */
export function connected(agent: AgentConnect, projectScope: boolean): Connected | null {
  const files = scopeFiles(agent, projectScope);
  const there = connectedOptions(agent, readSettingsFile(files.hooks).value);
  const env = readSettingsFile(files.env).value;
  const options = there ?? pausedOptions(env);
  if (options === null) return null;
  return { agent, projectScope, files, options, paused: there === null, key: keyIn(env) };
}

/** In words, how the hooks differ from what `connect` would write today; none where they do not. */
export function hookFaults({ agent, files, options }: Connected): string[] {
  const settings = readSettingsFile(files.hooks).value;
  const { missing, outdated } = hookDifferences(agent, settings, options);
  return [
    ...(missing.length > 0 ? [`missing: ${missing.join(", ")}`] : []),
    ...(outdated.length > 0 ? [`not as this version writes them: ${outdated.join(", ")}`] : []),
  ];
}

/** Reads all files before it writes any. Returns the paths that were changed. */
function apply(agent: AgentConnect, scope: ScopeFiles, changes: Changes): string[] {
  // The key first: hooks without it would fail in front of the user. Some scopes have both in one file.
  const names = ["env", "hooks", "mcp", "sharedMcp"] as const;
  const paths = new Set(names.flatMap((name) => scope[name] ?? []));
  const writes = [...paths].map((path) => {
    const file = readSettingsFile(path);
    const isOfMcp = path === scope.mcp || path === scope.sharedMcp;
    const before = file.text === null ? (isOfMcp ? {} : newSettings(agent)) : file.value;
    let value = before;
    for (const name of names) {
      if (scope[name] === path) value = changes[name]?.(value) ?? value;
    }
    const isEmpty = isOfMcp ? Object.keys(value).length === 0 : isAsNew(agent, value);
    const isGone = isEmpty && (value !== before || file.text === null);
    return { file, value: isGone ? null : value };
  });
  return writes
    .filter(({ file, value }) => writeSettingsFile(file, value))
    .map(({ file }) => file.path);
}

function warn(agent: AgentConnect, target: Target, scope: ScopeFiles, say: Say): void {
  if (hasForeignMcpServer(agent, readSettingsFile(scope.mcp).value, scope.mcpSection)) {
    say(
      `  note: ${scope.mcp} has an MCP server named "${MCP_SERVER_NAME}" that is not this one; it was ` +
        "left as it is. Rename it and run this again, so that the agent can search the memory.",
    );
  }
  const url = new URL(target.url);
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    say("  note: plain http: the key and what is sent can be read on the way; better use https.");
  }
  if (process.platform !== "win32" && (statSync(scope.env).mode & 0o044) !== 0) {
    say(`  note: others on this machine can read the key: chmod 600 '${scope.env}'`);
  }
}

function print(
  agent: AgentConnect,
  scope: ScopeFiles,
  target: Target,
  options: HookOptions,
  say: Say,
): void {
  const masked = target.key.replace(/[^_]+$/, "…");
  const hooks = withHooks(agent, {}, options);
  const env = withKey({}, masked);
  const parts: [string, JsonObject][] =
    scope.hooks === scope.env
      ? [[scope.env, { ...env, ...hooks }]]
      : [
          [scope.hooks, hooks],
          [scope.env, env],
        ];
  const entry = agent.mcpEntry(target.url, masked);
  parts.push([scope.mcp, withMcpServer(agent, {}, scope.mcpSection, entry)]);
  for (const [path, value] of parts) {
    say(`Would be merged into ${path} (keys are shortened here, and may be others):`);
    say(JSON.stringify(value, null, 2));
  }
}

/** The repository's, as agents name it; the current folder where there is none. */
function topFolder(): string {
  const { status, stdout } = spawnSync("git", ["rev-parse", "--show-toplevel"], {
    encoding: "utf8",
  });
  return status === 0 ? stdout.trim() : resolve(".");
}

/** A folder that only our files were in. */
function removeIfEmpty(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}
