/** Which server a command talks to, and with which key. */
import { readFileSync } from "node:fs";
import { Failure } from "./failure.ts";
import { CAIRN, stateFolder } from "./installation.ts";
import { knownServer, knownServers, OWN_KEY, serverOfKey } from "./known-servers.ts";
import { localUrl, readServerEnvironment } from "./server/environment.ts";
import { firstKey, keptKey } from "./server/key.ts";
import { lastUrl, runningServer } from "./server/run-file.ts";

export interface Target {
  /** Without a slash at its end. */
  url: string;
  key: string;
}

export interface TargetFlags {
  url?: string;
  /** `-`: it comes on the standard input, where no list of processes shows it. */
  key?: string;
}

/** No key is known for the server that was named. */
export class MissingKey extends Failure {}

/** The local server of this installation: the running one, else where it ran last or would. */
interface LocalServer {
  url: string;
  /** Null where none was started yet. */
  key: string | null;
}

/**
 * The server that flags or `CAIRN_URL` name, else the remembered one that commands talk to, else the
 * local one. Its key is what `--key` says, then `CAIRN_KEY`, then what is remembered of it. No key goes
 * to a server that it was not made for: `CAIRN_KEY` says nothing of its server, so it counts with
 * `CAIRN_URL` beside it, or where the local server or a remembered one has it. Throws a `Failure`.
 */
export function resolveTarget(flags: TargetFlags, env: NodeJS.ProcessEnv = process.env): Target {
  const local = localServer(env);
  const sent = flags.key === undefined ? null : firstKey(keyOf(flags.key), "--key");
  const named = flags.url ?? env.CAIRN_URL;
  if (named !== undefined && named !== "") {
    const url = checkUrl(named);
    const isOfVariable = env.CAIRN_URL ? checkUrl(env.CAIRN_URL) === url : false;
    const given = isOfVariable ? env.CAIRN_KEY : undefined;
    const key = sent ?? (given ? firstKey(given, "CAIRN_KEY") : keyKnownFor(url, local, env));
    if (key !== null) return { url, key };
    throw new MissingKey(
      `no key for ${url}: give it with --key, or in CAIRN_KEY beside CAIRN_URL.`,
    );
  }
  if (sent !== null) return { url: serverOfKey(sent, env)?.url ?? local.url, key: sent };
  if (env.CAIRN_KEY) return ofVariable(firstKey(env.CAIRN_KEY, "CAIRN_KEY"), local, env);
  const url = knownServers(env).default ?? local.url;
  const key = keyKnownFor(url, local, env);
  if (key !== null) return { url, key };
  throw new Failure(
    `no server was started on ${stateFolder(env)} yet. Start it with: ${CAIRN} start, ` +
      "or give --url and --key of another server.",
  );
}

/** The server of a key that stands alone in `CAIRN_KEY`: an agent's shell has it so. */
function ofVariable(key: string, local: LocalServer, env: NodeJS.ProcessEnv): Target {
  if (key === local.key) return { url: local.url, key };
  const url = serverOfKey(key, env)?.url;
  // What the agent has may only capture; the person's own key is remembered beside it.
  if (url !== undefined) return { url, key: keyKnownFor(url, local, env) ?? key };
  throw new Failure(
    "CAIRN_KEY is no key of the server on this machine, nor of one that is remembered, so it is " +
      "sent to none: set CAIRN_URL to the address of its server too, or unset it.",
  );
}

function keyKnownFor(url: string, local: LocalServer, env: NodeJS.ProcessEnv): string | null {
  return (url === local.url ? local.key : null) ?? knownServer(url, env)?.keys[OWN_KEY] ?? null;
}

function localServer(env: NodeJS.ProcessEnv): LocalServer {
  const state = stateFolder(env);
  const running = runningServer(state);
  return {
    url: running?.url ?? lastUrl(state) ?? defaultUrl(env),
    key: running?.key ?? keptKey(state),
  };
}

/** True for the address of the server on this machine that this installation starts. */
export function isLocalServer(url: string, env: NodeJS.ProcessEnv = process.env): boolean {
  return url === localServer(env).url;
}

function keyOf(flag: string): string {
  return flag === "-" ? readFileSync(process.stdin.fd, "utf8").trim() : flag;
}

function defaultUrl(env: NodeJS.ProcessEnv): string {
  const { host, port } = readServerEnvironment(env);
  return localUrl(host, port);
}

/** An http or https address; a path before ours is kept, for proxies. */
function checkUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new Failure(
      `"${text}" is no address of a server. Use one like https://cairn.example.com`,
    );
  }
  if (url.username !== "" || url.search !== "" || url.hash !== "") {
    throw new Failure(`"${text}": an address without user, query and fragment is needed.`);
  }
  // The start hook is a shell command with the address in it.
  if (
    !/^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])$/.test(url.hostname) ||
    !/^[\w.~/%-]*$/.test(url.pathname)
  ) {
    throw new Failure(
      `"${text}": a host of letters, digits, dots and hyphens is needed, and a path of the same.`,
    );
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}
