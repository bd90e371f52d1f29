/** What `cairn doctor` looks at on this machine: hooks, keys, the way to the server, this folder. */

import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { devNull } from "node:os";
import { CONNECTABLE } from "../../hooks/registry.ts";
import { parseKey } from "../../memory/key.ts";
import { isLoopback } from "../../platform/loopback.ts";
import { ApiFailure, takesKey } from "../api.ts";
import { type AnyAgent, type Connection, connection, faultsOf } from "../connect/agents.ts";
import { exclusionOf } from "../exclude.ts";
import { CAIRN, shellWord, stateFolder } from "../installation.ts";
import { chosenProject } from "../project.ts";
import { keptKey } from "../server/key.ts";
import type { Target } from "../target.ts";
import { type Check, ill, well } from "./check.ts";
import { answersAsCairn } from "./health.ts";
import { proxyFor } from "./reach.ts";

/** As the start hook waits, in seconds: what takes longer is no answer to it. */
const CURL_CONNECT_S = 2;
const CURL_WHOLE_S = 4;
const CALL_MS = 5_000;

/** Exit codes of curl that say something (curl(1)). */
const CURL_ERRORS: Record<number, [detail: string, remedy: string]> = {
  5: ["curl cannot find the proxy", "Correct http_proxy or https_proxy, or unset it."],
  6: [
    "curl finds no address for the server",
    "Check the address, and that this machine is online.",
  ],
  7: ["curl cannot connect", "Start the server, or check address, port and firewall."],
  22: ["curl gets an error", "See what the server says: open its address with /health."],
  28: [
    `curl gets no answer within ${CURL_WHOLE_S} s, as the start hook would not`,
    "Check the network and the proxy; a server that is only slow answers the next time.",
  ],
  35: [
    "curl cannot agree on TLS with the server",
    "Check the proxy, and the server's certificate.",
  ],
  60: [
    "curl does not trust the server's certificate",
    "Name the certificate of your company's proxy in CURL_CA_BUNDLE.",
  ],
};

/** Where agents are connected to, here and for the whole machine. */
export function connections(): Connection[] {
  return CONNECTABLE.flatMap((agent) =>
    [false, true].flatMap((projectScope) => connection(agent, projectScope) ?? []),
  );
}

/** All checks of this machine. `found` is what is connected. */
export async function checkClient(found: readonly Connection[]): Promise<Check[]> {
  if (found.length === 0) {
    const connect = `${CAIRN} connect ${CONNECTABLE[0]?.name ?? ""}`;
    return [well("hooks", `no agent is connected here; connect one with: ${connect}`)];
  }
  const checks: Check[] = [];
  for (const one of found) checks.push(checkHooks(one), ...(await checkKey(one)));
  const isCommand = process.platform !== "win32";
  for (const address of new Set(found.map(({ options }) => options.url))) {
    const url = new URL(address);
    checks.push(checkProxy(url));
    const health = await answersAsCairn(address, CALL_MS);
    checks.push(
      "detail" in health
        ? ill("server", health.detail, startsHere(url) ? `Start it: ${CAIRN} start` : health.remedy)
        : well("server", `${address} answers`),
    );
    if (isCommand) checks.push(checkCurl(address));
  }
  return checks;
}

/** `connect` as it has to be run again for this connection. */
function reconnect({ agent, projectScope, options }: Connection): string {
  const flags = [
    `--url ${shellWord(options.url)}`,
    ...(projectScope ? ["--project-scope"] : []),
    ...(agent.kind === "settings" ? [options.quiet ? "--quiet" : "--no-quiet"] : []),
    ...(options.notice === false ? ["--no-notice"] : []),
  ];
  return `${CAIRN} connect ${agent.name} ${flags.join(" ")} --key <your key>`;
}

function label(name: string, agent: AnyAgent, projectScope: boolean): string {
  return `${name} of ${agent.title}${projectScope ? " in this folder" : ""}`;
}

function checkHooks(one: Connection): Check {
  const name = label("hooks", one.agent, one.projectScope);
  if (one.paused) {
    return well(name, `paused; go on with: ${CAIRN} resume ${one.agent.name}`);
  }
  const faults = faultsOf(one);
  if (faults.length === 0) return well(name, `there and current, to ${one.options.url}`);
  return ill(name, faults.join("; "), reconnect(one));
}

async function checkKey(one: Connection): Promise<Check[]> {
  const name = label("key", one.agent, one.projectScope);
  const { key, options } = one;
  if (key === null) return [ill(name, `there is none in ${one.keyFile}`, reconnect(one))];
  const checks: Check[] = [];
  if (isReadableByOthers(one.keyFile)) {
    checks.push(
      ill(
        name,
        `others on this machine can read it in ${one.keyFile}`,
        `chmod 600 ${shellWord(one.keyFile)}`,
      ),
    );
  }
  const isLocalKey = key === localKey();
  if (parseKey(key) === null) {
    checks.push(ill(name, "what stands there is not a key", reconnect(one)));
    return checks;
  }
  try {
    const asked = await takesKey({ url: options.url, key }, CALL_MS);
    if (checks.length === 0) checks.push(well(name, asked ? "is taken" : "could not be tried"));
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    const whose =
      isLocalKey && !startsHere(new URL(options.url))
        ? "it is the key of the server on this machine, not of that one"
        : "it was revoked, or is the key of another server";
    checks.push(ill(name, `${options.url} refuses it: ${whose}`, reconnect(one)));
  }
  return checks;
}

function isReadableByOthers(file: string): boolean {
  return process.platform !== "win32" && existsSync(file) && (statSync(file).mode & 0o044) !== 0;
}

function localKey(): string | null {
  try {
    return keptKey(stateFolder());
  } catch {
    return null;
  }
}

function startsHere(url: URL): boolean {
  return isLoopback(url.hostname);
}

function checkProxy(url: URL): Check {
  const proxy = proxyFor(url, process.env);
  if (proxy === null) return well("proxy", `none on the way to ${url.host}`);
  if (startsHere(url)) {
    return ill(
      "proxy",
      `${proxy} stands between this machine and its own server`,
      "Set NO_PROXY=localhost,127.0.0.1,::1 where the proxy is set.",
    );
  }
  const isTaken = process.env.NODE_USE_ENV_PROXY === "1";
  return well(
    "proxy",
    `${proxy}; hooks go by it, and ${isTaken ? "so do commands" : "commands only with NODE_USE_ENV_PROXY=1"}`,
  );
}

/** The start hook is a curl, with its own certificates and proxies. */
function checkCurl(address: string): Check {
  const limits = ["--connect-timeout", String(CURL_CONNECT_S), "-m", String(CURL_WHOLE_S)];
  const args = ["-sf", ...limits, "-o", devNull, `${address}/health`];
  const { error, status } = spawnSync("curl", args, { encoding: "utf8" });
  if (error !== undefined) {
    return ill("curl", "it is not found, and the start hook posts by it", "Install curl.");
  }
  if (status === 0) return well("curl", `reaches ${address}`);
  const [detail, remedy] = CURL_ERRORS[status ?? -1] ?? [
    `curl ends with exit code ${status}`,
    `Run it to see why: curl ${shellWord(`${address}/health`)}`,
  ];
  return ill("curl", detail, remedy);
}

/** The project that this folder is, by the server's rule. */
export async function checkProject(target: Target): Promise<Check> {
  const excluded = exclusionOf(".");
  if (excluded !== null) {
    const again = `${CAIRN} exclude --off`;
    return well("project", `this folder is not recorded, by ${excluded.by}; undo: ${again}`);
  }
  const { shown, known } = await chosenProject(undefined, target);
  const renamed = "git config cairn.project <name> gives it another name";
  return well("project", `${shown}${known ? "" : ", of which nothing is known yet"}; ${renamed}`);
}
