/** `cairn connect`, `disconnect`, `pause` and `resume` for Claude Code. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { Failure } from "../failure.ts";
import { noteMachine } from "../machine.ts";
import { isLoopback } from "../server/environment.ts";
import type { Target } from "../target.ts";
import type { HookOptions } from "./claude-code-hooks.ts";
import {
  connectedOptions,
  isAsNew,
  newSettings,
  pausedOptions,
  withHooks,
  withKey,
  withPause,
} from "./claude-code-settings.ts";
import type { JsonObject } from "./json-edit.ts";
import {
  hasForeignMcpServer,
  MCP_SERVER_NAME,
  mcpConfigPath,
  withMcpServer,
} from "./mcp-server.ts";
import { readSettingsFile, writeSettingsFile } from "./settings-file.ts";

/** The files of one scope. For the whole machine both are one file. */
interface Scope {
  /** Where the hooks stand. */
  hooks: string;
  /** Where the `env` block with the key stands. */
  env: string;
  /** Where the MCP server stands. */
  mcp: string;
}

type Change = (settings: JsonObject) => JsonObject;
/** What is to become of each file of a scope. */
type Changes = Partial<Record<keyof Scope, Change>>;
type Say = (line: string) => void;

function scopeFiles(projectScope: boolean): Scope {
  const mcp = mcpConfigPath(projectScope);
  if (!projectScope) {
    const folder = process.env.CLAUDE_CONFIG_DIR || join(homedir(), ".claude");
    const path = join(resolve(folder), "settings.json");
    return { hooks: path, env: path, mcp };
  }
  const folder = resolve(".claude");
  return { hooks: join(folder, "settings.json"), env: join(folder, "settings.local.json"), mcp };
}

export interface ConnectOptions {
  projectScope: boolean;
  quiet: boolean;
  /** Tell the person in one line what a session was told. */
  notice: boolean;
  /** Show what would be written, and write nothing. */
  print: boolean;
}

/** Puts the hooks and the key in. Repeatable: a second time with another server moves to that one. */
export function connect(target: Target, options: ConnectOptions, say: Say): void {
  const scope = scopeFiles(options.projectScope);
  const hooks: HookOptions = { url: target.url, quiet: options.quiet, notice: options.notice };
  if (options.print) {
    print(scope, target, hooks, say);
    return;
  }
  if (options.projectScope) checkIgnored(scope.env);
  const isNoted = noteMachine();
  const changed = apply(scope, {
    hooks: (settings) => withHooks(settings, hooks),
    env: (settings) => withPause(withKey(settings, target.key), null),
    mcp: (config) => withMcpServer(config, target.url),
  });
  if (changed.length === 0) {
    say(`Claude Code is connected to ${target.url} already; nothing had to be changed.`);
    return;
  }
  say(`Claude Code is connected to ${target.url}.`);
  for (const path of changed) say(`  written: ${path}`);
  if (!isNoted) {
    say(
      "  note: this machine could not be given an id (~/.local/state): see the README, Projects.",
    );
  }
  warn(target, scope, say);
  if (options.projectScope && changed.includes(scope.mcp)) {
    say("  note: Claude Code will ask once whether to use the MCP server of .mcp.json.");
  }
  say(
    "Sessions that are started from now on are remembered. Undo with: cairn disconnect claude-code",
  );
}

/** Takes out what `connect` put in, and nothing else. */
export function disconnect(projectScope: boolean, say: Say): void {
  const scope = scopeFiles(projectScope);
  const changed = apply(scope, {
    hooks: (settings) => withHooks(settings, null),
    env: (settings) => withPause(withKey(settings, null), null),
    mcp: (config) => withMcpServer(config, null),
  });
  for (const path of changed) {
    say(existsSync(path) ? `  written: ${path}` : `  removed: ${path}`);
  }
  if (projectScope) removeIfEmpty(dirname(scope.hooks));
  say(changed.length === 0 ? "Claude Code was not connected." : "Claude Code is disconnected.");
}

/** Takes the hooks out and notes how they were; the key stays. */
export function pause(projectScope: boolean, say: Say): void {
  const scope = scopeFiles(projectScope);
  const paused = pausedOptions(readSettingsFile(scope.env).value);
  const options = connectedOptions(readSettingsFile(scope.hooks).value);
  if (options === null) {
    if (paused === null) throw notConnected(projectScope);
    say("Capture is paused already. Go on with: cairn resume");
    return;
  }
  apply(scope, {
    hooks: (settings) => withHooks(settings, null),
    env: (settings) => withPause(settings, options),
  });
  say("Capture is paused: nothing of what Claude Code does is sent. Go on with: cairn resume");
}

/** Puts the hooks back as they were before the pause. */
export function resume(projectScope: boolean, say: Say): void {
  const scope = scopeFiles(projectScope);
  const options = pausedOptions(readSettingsFile(scope.env).value);
  if (options === null) {
    if (connectedOptions(readSettingsFile(scope.hooks).value) === null) {
      throw notConnected(projectScope);
    }
    say("Capture is not paused.");
    return;
  }
  apply(scope, {
    hooks: (settings) => withHooks(settings, options),
    env: (settings) => withPause(settings, null),
  });
  say(`Capture goes on, to ${options.url}.`);
}

/** The server that Claude Code's hooks go to, or null; `paused` where they are out for now. */
export function connection(projectScope: boolean): { url: string; paused: boolean } | null {
  const scope = scopeFiles(projectScope);
  const options = connectedOptions(readSettingsFile(scope.hooks).value);
  if (options !== null) return { url: options.url, paused: false };
  const paused = pausedOptions(readSettingsFile(scope.env).value);
  return paused === null ? null : { url: paused.url, paused: true };
}

function notConnected(projectScope: boolean): Failure {
  const flag = projectScope ? " --project-scope" : "";
  return new Failure(
    `Claude Code is not connected here. Connect it with: cairn connect claude-code${flag}`,
  );
}

/** Reads all files before it writes any. Returns the paths that were changed. */
function apply(scope: Scope, changes: Changes): string[] {
  // The key first: hooks without it would fail in front of the user. Some scopes have both in one file.
  const paths = new Set([scope.env, scope.hooks, scope.mcp]);
  const writes = [...paths].map((path) => {
    const file = readSettingsFile(path);
    const fresh = path === scope.mcp ? {} : newSettings();
    const before = file.text === null ? fresh : file.value;
    let value = before;
    for (const name of ["hooks", "env", "mcp"] as const) {
      if (scope[name] === path) value = changes[name]?.(value) ?? value;
    }
    const isEmpty = path === scope.mcp ? Object.keys(value).length === 0 : isAsNew(value);
    const isGone = isEmpty && (value !== before || file.text === null);
    return { file, value: isGone ? null : value };
  });
  return writes
    .filter(({ file, value }) => writeSettingsFile(file, value))
    .map(({ file }) => file.path);
}

/** The key must not get into the repository: git has to ignore the file that it goes into. */
function checkIgnored(path: string): void {
  const folder = dirname(dirname(path));
  const git = (...args: string[]) => spawnSync("git", args, { cwd: folder, encoding: "utf8" });
  const inside = git("rev-parse", "--is-inside-work-tree");
  if (inside.error) throw new Failure("git is needed for --project-scope, and was not found.");
  if (inside.stdout.trim() !== "true") {
    throw new Failure(`${folder} is no git repository: --project-scope is for repositories.`);
  }
  if (git("check-ignore", "-q", path).status === 0) return;
  const tracked = git("ls-files", "--error-unmatch", path).status === 0;
  throw new Failure(
    tracked
      ? `git tracks ${path}: the key would be committed. Take it out first: ` +
          "git rm --cached .claude/settings.local.json, and add that path to .gitignore."
      : `git does not ignore ${path}: the key could be committed. Nothing was changed. ` +
          "Add this line to .gitignore (or to .git/info/exclude), then run this again:\n" +
          "  .claude/settings.local.json",
  );
}

function warn(target: Target, scope: Scope, say: Say): void {
  if (hasForeignMcpServer(readSettingsFile(scope.mcp).value)) {
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

function print(scope: Scope, target: Target, options: HookOptions, say: Say): void {
  const masked = target.key.replace(/[^_]+$/, "…");
  const hooks = withHooks({}, options);
  const env = withKey({}, masked);
  const parts: [string, JsonObject][] =
    scope.hooks === scope.env
      ? [[scope.env, { ...env, ...hooks }]]
      : [
          [scope.hooks, hooks],
          [scope.env, env],
        ];
  parts.push([scope.mcp, withMcpServer({}, target.url)]);
  for (const [path, value] of parts) {
    say(`Would be merged into ${path} (the key is shortened here):`);
    say(JSON.stringify(value, null, 2));
  }
}

/** A folder that only our files were in. */
function removeIfEmpty(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}
