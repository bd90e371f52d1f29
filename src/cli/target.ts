/** Which server a command talks to, and with which key. */
import { Failure } from "./failure.ts";
import { CAIRN, stateFolder } from "./installation.ts";
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
  key?: string;
}

/**
 * Flags first, then `CAIRN_URL` and `CAIRN_KEY`, then the local server of this clone: the running
 * one, else where it ran last, else where a start would put it. A local key is never sent to another server.
 */
export function resolveTarget(flags: TargetFlags, env: NodeJS.ProcessEnv = process.env): Target {
  const state = stateFolder(env);
  const running = runningServer(state);
  const local = running?.url ?? lastUrl(state) ?? defaultUrl(env);
  const url = checkUrl(flags.url ?? env.CAIRN_URL ?? local);
  if (flags.key !== undefined) return { url, key: firstKey(flags.key, "--key") };
  if (env.CAIRN_KEY) return { url, key: firstKey(env.CAIRN_KEY, "CAIRN_KEY") };
  if (url !== local) {
    throw new Failure(`no key for ${url}: give it with --key or in CAIRN_KEY.`);
  }
  const key = running?.key ?? keptKey(state);
  if (key === null) {
    throw new Failure(
      `no server was started on ${state} yet. Start it with: ${CAIRN} start, ` +
        "or give --url and --key of another server.",
    );
  }
  return { url, key };
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
