/** `cairn service`: the server starts at each login, and again after it failed. */

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { workerVariables } from "../../config.ts";
import { Failure } from "../failure.ts";
import { CAIRN, COMMAND_PATH, isRunByNpx, stateFolder } from "../installation.ts";
import { readServerEnvironment } from "../server/environment.ts";
import { untilReady } from "../server/port.ts";
import { runningServer } from "../server/run-file.ts";
import { environmentFile, type ServiceDefinition } from "./definition.ts";
import { type ServicePlatform, type Step, servicePlatform } from "./platforms.ts";

type Say = (line: string) => void;

const BYTE_ORDER_MARK = "\uFEFF";
const POLL_MS = 200;
/** A first start makes its databases. */
const START_MS = 40_000;
const STOP_MS = 10_000;

/** Settings of this shell that the service goes on with, beside those of the Worker. */
const KEPT_VARIABLES = ["HOST", "PORT", "NODE_EXTRA_CA_CERTS"];

/** Writes the definition, starts it, and waits until the server answers. May be repeated. */
export async function installService(say: Say): Promise<void> {
  const platform = here();
  if (isRunByNpx()) {
    throw new Failure(
      "npx keeps this package in a cache that npm may clear. Install it, then use that one: " +
        "npm install --global cairn-memory",
    );
  }
  const { state } = readServerEnvironment(process.env);
  const running = runningServer(state);
  if (running !== null && !existsSync(platform.file)) {
    throw new Failure(
      `a server already runs on ${state} (process ${running.pid}). Stop it, then run this again: ` +
        `kill ${running.pid}`,
    );
  }
  const settings = keptSettings(state);
  writePrivate(environmentPath(state), settings);
  const definition: ServiceDefinition = {
    node: process.execPath,
    args: [`--env-file=${environmentPath(state)}`, COMMAND_PATH, "start"],
    log: join(state, "service.log"),
  };
  const mark = platform.encoding === "utf16le" ? BYTE_ORDER_MARK : "";
  mkdirSync(dirname(platform.file), { recursive: true });
  writeFileSync(platform.file, mark + platform.text(definition), platform.encoding);
  try {
    for (const step of platform.install) take(step);
  } catch (error) {
    clearAway(platform, state);
    throw error;
  }
  const url = await untilUp(state);
  const log = platform.log(definition.log);
  if (url === null) {
    throw new Failure(
      `${platform.title} has the service, but the server does not answer. ` +
        (log === null ? `See what it says with: ${CAIRN} start` : `Its log: ${log}`),
    );
  }
  say(`Cairn runs on ${url}, and starts by itself from now on (${platform.title}).`);
  say(`  written: ${platform.file}`);
  say(`  state:   ${state}`);
  if (log !== null) say(`  log:     ${log}`);
  if (platform.note !== null) say(`  note:    ${platform.note}`);
  say(`  Undo with: ${CAIRN} service remove`);
}

/** Says whether it is installed, and whether the server runs. Returns false where one is not so. */
export async function serviceStatus(json: boolean, say: Say): Promise<boolean> {
  const platform = here();
  const state = stateFolder();
  const installed = existsSync(platform.file);
  const running = runningServer(state);
  const answers = running !== null && (await untilReady(running.url, POLL_MS));
  if (json) {
    say(JSON.stringify({ installed, running: answers, url: running?.url ?? null, state }, null, 2));
    return installed && answers;
  }
  say(
    installed
      ? `Service  ${platform.title}, ${platform.file}`
      : `Service  not installed; install it with: ${CAIRN} service install`,
  );
  say(
    `Server   ${running === null ? "does not run" : `${running.url}${answers ? "" : " does not answer"}`}`,
  );
  say(`State    ${state}`);
  return installed && answers;
}

/** Stops it and takes the definition out. What is remembered stays. */
export async function removeService(say: Say): Promise<void> {
  const platform = here();
  const state = stateFolder();
  if (!existsSync(platform.file)) {
    say("No service is installed.");
    return;
  }
  for (const step of platform.remove) take(step);
  clearAway(platform, state);
  const end = Date.now() + STOP_MS;
  while (runningServer(state) !== null && Date.now() < end) await sleep(POLL_MS);
  say(`The service is removed. What is remembered stays in ${state}.`);
}

function here(): ServicePlatform {
  const platform = servicePlatform(process.platform, process.env);
  if (platform !== null) return platform;
  throw new Failure(
    `no service manager of ${process.platform} is known here. Have it run at each start: ${CAIRN} start`,
  );
}

/** Runs one of the system's commands. Throws a `Failure` with what it said. */
function take({ command, args, mayFail }: Step): void {
  const { error, status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (mayFail || (error === undefined && status === 0)) return;
  const said = error?.message ?? `${stdout}${stderr}`.trim();
  throw new Failure(`${[command, ...args].join(" ")} failed: ${said || `exit code ${status}`}`);
}

function environmentPath(state: string): string {
  return join(state, "service.env");
}

/** The settings of this shell, and the state folder, which must not depend on where it is started. */
function keptSettings(state: string): string {
  const settings: Record<string, string> = { CAIRN_STATE: state };
  const kept = KEPT_VARIABLES.map((name) => [name, process.env[name]] as const);
  for (const [name, value] of [...kept, ...Object.entries(workerVariables(process.env))]) {
    if (value) settings[name] = value;
  }
  const text = environmentFile(settings);
  if (text !== null) return text;
  throw new Failure("one of the settings has a line end or all kinds of quotation marks in it.");
}

function writePrivate(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // A file that was there keeps its mode when it is written.
  rmSync(path, { force: true });
  writeFileSync(path, text, { mode: 0o600 });
}

function clearAway(platform: ServicePlatform, state: string): void {
  rmSync(platform.file, { force: true });
  rmSync(environmentPath(state), { force: true });
  if (platform.afterwards !== null) take({ ...platform.afterwards, mayFail: true });
}

async function untilUp(state: string): Promise<string | null> {
  const end = Date.now() + START_MS;
  while (Date.now() < end) {
    const running = runningServer(state);
    if (running !== null && (await untilReady(running.url, POLL_MS))) return running.url;
    await sleep(POLL_MS);
  }
  return null;
}
