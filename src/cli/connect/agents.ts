/** `connect`, `disconnect`, `pause` and `resume` for any agent, whichever way it is set up. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline/promises";
import type { AgentConnect, HookOptions } from "../../hooks/connect/agent-connect.ts";
import type { FilesConnect } from "../../hooks/connect/files-connect.ts";
import { CONNECTABLE } from "../../hooks/registry.ts";
import { Failure } from "../failure.ts";
import { CAIRN } from "../installation.ts";
import { OWN_KEY, rememberServer } from "../known-servers.ts";
import { isLocalServer, type Target } from "../target.ts";
import { agentKeys } from "./agent-keys.ts";
import {
  type ConnectOptions,
  connected as connectedSettings,
  connect as connectSettings,
  disconnect as disconnectSettings,
  hookFaults,
  pause as pauseSettings,
  resume as resumeSettings,
} from "./connect.ts";
import {
  connectedFiles,
  connectFiles,
  disconnectFiles,
  type FilesFlags,
  fileFaults,
  pauseFiles,
  resumeFiles,
} from "./files/connect-files.ts";

type Say = (line: string) => void;
export type AnyAgent = AgentConnect | FilesConnect;

/** An agent that is connected in a scope, with what stands in its settings. */
export interface Connection {
  agent: AnyAgent;
  projectScope: boolean;
  options: HookOptions;
  /** Nothing is sent for now. */
  paused: boolean;
  key: string | null;
  /** Absolute path of the file that the key stands in. */
  keyFile: string;
}

/** What stands in the agent's settings; null where it is not connected. */
export function connection(agent: AnyAgent, projectScope: boolean): Connection | null {
  if (agent.kind === "settings") {
    const found = connectedSettings(agent, projectScope);
    return found === null ? null : { ...found, keyFile: found.files.env };
  }
  const found = connectedFiles(agent, projectScope);
  if (found === null) return null;
  const options = { url: found.url, quiet: false };
  return { agent, projectScope, options, ...found };
}

/** In words, how the hooks differ from what `connect` would write today; none where they do not. */
export function faultsOf({ agent, projectScope }: Connection): string[] {
  if (agent.kind === "files") return fileFaults(agent, projectScope);
  const found = connectedSettings(agent, projectScope);
  return found === null ? ["missing"] : hookFaults(found);
}

/** With keys of the agent's own, where the server can make them; the server is remembered. */
export async function connect(
  agent: AnyAgent,
  target: Target,
  options: ConnectOptions & FilesFlags,
  say: Say,
): Promise<void> {
  const ways = { makeKeys: () => agentKeys(agent.name, target), ...options };
  if (agent.kind === "files") await connectFiles(agent, target, ways, say);
  else await connectSettings(agent, target, ways, say);
  if (!options.print) remember(target, options.projectScope);
}

/** Commands find the server and its key again; the local one's own key is in its state folder. */
function remember({ url, key }: Target, projectScope: boolean): void {
  const isLocal = isLocalServer(url);
  rememberServer(
    url,
    isLocal ? {} : { [OWN_KEY]: key },
    projectScope ? undefined : isLocal ? "local" : "this",
  );
}

export function disconnect(agent: AnyAgent, projectScope: boolean, say: Say): void {
  if (agent.kind === "files") disconnectFiles(agent, projectScope, say);
  else disconnectSettings(agent, projectScope, say);
}

export function pause(agents: readonly AnyAgent[], projectScope: boolean, say: Say): void {
  for (const agent of connectedOf(agents, projectScope)) {
    if (agent.kind === "files") pauseFiles(agent, projectScope, say);
    else pauseSettings(agent, projectScope, say);
  }
}

export function resume(agents: readonly AnyAgent[], projectScope: boolean, say: Say): void {
  for (const agent of connectedOf(agents, projectScope)) {
    if (agent.kind === "files") resumeFiles(agent, projectScope, say);
    else resumeSettings(agent, projectScope, say);
  }
}

/** Those that are connected or paused. Throws a `Failure` where none is. */
function connectedOf(agents: readonly AnyAgent[], projectScope: boolean): AnyAgent[] {
  const connected = agents.filter((agent) => connection(agent, projectScope) !== null);
  if (connected.length > 0) return connected;
  const flag = projectScope ? " --project-scope" : "";
  const which = agents.length === 1 ? `${agents[0]?.title}: not` : "no agent is";
  throw new Failure(
    `${which} connected here. Connect with: ${CAIRN} connect ${agents[0]?.name ?? ""}${flag}`,
  );
}

/** Agents whose program is on the path, or whose own folder is there. */
export function installedAgents(env: NodeJS.ProcessEnv = process.env): AnyAgent[] {
  const folders = (env.PATH ?? "").split(delimiter);
  const endings = process.platform === "win32" ? [".cmd", ".exe"] : [""];
  const isOnPath = (program: string) =>
    folders.some((folder) => endings.some((end) => existsSync(join(folder, `${program}${end}`))));
  const home = env.HOME || homedir();
  return CONNECTABLE.filter(
    (agent) =>
      isOnPath(agent.program) ||
      (agent.kind === "files" && existsSync(agent.machineFolder(env, home))),
  );
}

/** Those of the agents that the person wants; all of them with `yes`. */
export async function chosenAgents(
  agents: readonly AnyAgent[],
  yes: boolean,
  say: Say,
): Promise<AnyAgent[]> {
  if (agents.length === 0) {
    say(`None of ${CONNECTABLE.map(({ title }) => title).join(", ")} was found here.`);
    return [];
  }
  if (yes) return [...agents];
  if (!process.stdin.isTTY) {
    const found = agents.map(({ title }) => title).join(", ");
    throw new Failure(`found: ${found}. Run it in a terminal, where it asks, or with --yes.`);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const chosen: AnyAgent[] = [];
  for (const agent of agents) {
    const answer = await terminal.question(`Connect ${agent.title}? [Y/n] `);
    if (!/^\s*n/i.test(answer)) chosen.push(agent);
  }
  terminal.close();
  return chosen;
}
