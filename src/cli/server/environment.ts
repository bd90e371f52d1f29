/** The local server's environment, checked before anything is touched. */
import { Failure } from "../failure.ts";
import { stateFolder } from "../installation.ts";

const DEFAULT_HOST = "127.0.0.1";
const DEFAULT_PORT = 8787;
const HIGHEST_PORT = 65_535;

export interface ServerEnvironment {
  host: string;
  /** 0: any free one. */
  port: number;
  /** Absolute path of the state folder. */
  state: string;
  /** `CAIRN_KEY` where it is set. */
  key: string | null;
}

/** Throws a `Failure` that names the variable and says what it takes. */
export function readServerEnvironment(env: NodeJS.ProcessEnv): ServerEnvironment {
  const host = (env.HOST || DEFAULT_HOST).replace(/^\[(.*)\]$/, "$1");
  if (!/^[A-Za-z0-9.:_%-]+$/.test(host)) {
    throw new Failure(`HOST="${host}" is no host name or address. Use 127.0.0.1 or 0.0.0.0.`);
  }
  const portText = env.PORT || String(DEFAULT_PORT);
  const port = Number(portText);
  if (!/^\d+$/.test(portText) || port > HIGHEST_PORT) {
    throw new Failure(`PORT="${portText}" is no port. Use a number from 1 to ${HIGHEST_PORT}.`);
  }
  return { host, port, state: stateFolder(env), key: env.CAIRN_KEY || null };
}

/** `host:port` as addresses and URLs write it. */
export function hostPort(host: string, port: number): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Where to reach the server from this machine: an address of all interfaces is none to call. */
export function localUrl(host: string, port: number): string {
  const callable = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${hostPort(callable, port)}`;
}
