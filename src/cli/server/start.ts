/** `cairn start`: the Worker on the open-source runtime, on this machine. */
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ENVIRONMENT_VARIABLES } from "../../config.ts";
import { CAIRN_COMMAND, shellWord, stateFolder } from "../clone.ts";
import { Failure } from "../failure.ts";
import { hostPort, isLoopback, localUrl, readServerEnvironment } from "./environment.ts";
import { firstKey, keptKey, makeKey } from "./key.ts";
import { isAlive, npmAbove } from "./process-table.ts";
import { type Run, releaseState, takeState, updateRun } from "./run-file.ts";
import { type Runtime, startRuntime } from "./runtime.ts";
import { bundleWorker } from "./worker-bundle.ts";
import { workerdConfig } from "./workerd-config.ts";

const READY_TIMEOUT_MS = 30_000;
const READY_POLL_MS = 25;
const PARENT_POLL_MS = 500;
/** How long a port may stay taken after an orphan was ended or a restart came quickly. */
const PORT_WAIT_MS = 1_500;

/** Runs until it is told to stop. Resolves with the exit code. */
export async function start(): Promise<number> {
  const { host, port: wantedPort, state, key: givenKey } = readServerEnvironment(process.env);
  // Everything below holds memory or secrets: nobody else on this machine may read it.
  process.umask(0o077);
  const objects = join(state, "objects");
  const runtimeFolder = join(state, "runtime");
  for (const folder of [state, objects, runtimeFolder]) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw new Failure(`cannot make the state folder ${folder}: ${(error as Error).message}`);
    }
  }
  const keys = givenKey ?? keptKey(state) ?? makeKey(state);
  const key = firstKey(keys, "CAIRN_KEY");

  // A signal that comes while all this starts must still clear up.
  const stopping = stopSignal();
  const run: Run = { url: localUrl(host, wantedPort), key, pid: process.pid, runtimePid: null };
  await takeState(state, run);
  let runtime: Runtime | null = null;
  try {
    const port = await freePort(host, wantedPort);
    run.url = localUrl(host, port);
    const bundle = await bundleWorker(runtimeFolder);
    const configFile = join(runtimeFolder, "workerd.capnp");
    writeFileSync(
      configFile,
      workerdConfig({
        address: hostPort(host, port),
        bundle,
        objects,
        extraCertificates: process.env.NODE_EXTRA_CA_CERTS || null,
      }),
    );
    if (stopping.signal.aborted) return 0;
    runtime = await startRuntime(configFile, runtimeEnvironment(keys));
    run.runtimePid = runtime.pid;
    updateRun(state, run);
    const stopped = new Promise<null>((resolve) => {
      stopping.signal.addEventListener("abort", () => resolve(null));
      if (stopping.signal.aborted) resolve(null);
    });
    const ready = await Promise.race([untilReady(run.url), runtime.ended, stopped]);
    if (ready === true) {
      announce(host, port, run);
      const reason = await Promise.race([runtime.ended, stopped]);
      if (reason === null) return 0;
      throw new Failure(`the runtime ended by itself (${reason}). Start it again: npm start`);
    }
    if (ready === null) return 0;
    throw new Failure(
      ready === false
        ? `the runtime did not answer within ${READY_TIMEOUT_MS / 1000} s on ${run.url}.`
        : `the runtime could not start (${ready}); its own message stands above.`,
    );
  } finally {
    await runtime?.stop();
    releaseState(state);
    stopping.release();
  }
}

/** The runtime gets what the Worker is configured by, and nothing else of this environment. */
function runtimeEnvironment(keys: string): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { PATH: process.env.PATH };
  // Unset variables would reach the Worker as null instead of the empty texts of wrangler.toml.
  for (const name of ENVIRONMENT_VARIABLES) env[name] = process.env[name] ?? "";
  env.CAIRN_KEY = keys;
  return env;
}

/** Aborts at SIGINT, SIGTERM and SIGHUP, and when the process that ran this command is gone. */
function stopSignal(): { signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const stop = () => controller.abort();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  // bin/cairn.js under an older Node holds the other end of this channel.
  if (process.channel) {
    process.on("disconnect", stop);
    process.channel.unref();
  }
  const npm = npmAbove();
  const poll =
    npm === null ? null : setInterval(() => !isAlive(npm) && stop(), PARENT_POLL_MS).unref();
  return {
    signal: controller.signal,
    release() {
      if (poll !== null) clearInterval(poll);
    },
  };
}

/** Checks that the port can be had, or picks one for 0. */
async function freePort(host: string, port: number): Promise<number> {
  const end = Date.now() + PORT_WAIT_MS;
  for (;;) {
    const result = await tryPort(host, port);
    if (typeof result === "number") return result;
    if (result.code !== "EADDRINUSE") {
      throw new Failure(`cannot listen on ${hostPort(host, port)}: ${result.message}`);
    }
    if (Date.now() > end) throw new Failure(await portTaken(host, port));
    // A server that is there to stay answers at once: no need to wait for it to go.
    if (await isCairn(localUrl(host, port))) throw new Failure(await portTaken(host, port));
    await sleep(READY_POLL_MS);
  }
}

function tryPort(host: string, port: number): Promise<number | NodeJS.ErrnoException> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", resolve);
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      const got = typeof address === "object" && address !== null ? address.port : port;
      server.close(() => resolve(got));
    });
  });
}

async function portTaken(host: string, port: number): Promise<string> {
  const what = (await isCairn(localUrl(host, port))) ? "a Cairn server" : "another program";
  return (
    `${what} already listens on ${hostPort(host, port)}. ` +
    "Stop it, or set PORT to another port (and CAIRN_STATE to another folder for a second server)."
  );
}

async function isCairn(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(1_000) });
    return response.ok && ((await response.json()) as { ok?: unknown })?.ok === true;
  } catch {
    return false;
  }
}

/** True once it takes requests, false when it does not in time. */
async function untilReady(url: string): Promise<boolean> {
  const end = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < end) {
    try {
      const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(2_000) });
      await response.body?.cancel();
      if (response.ok) return true;
    } catch {
      // Not yet.
    }
    await sleep(READY_POLL_MS);
  }
  return false;
}

function announce(host: string, port: number, run: Run): void {
  const cairn = shellWord(CAIRN_COMMAND);
  const state = stateFolder();
  const lines = [
    "",
    `  URL    ${run.url}`,
    `  Key    ${run.key}`,
    `  State  ${state}`,
    "",
    "  Connect Claude Code (from any folder, once per machine):",
    `    ${stateVariable()}${cairn} connect claude-code`,
    "",
  ];
  if (!isLoopback(host)) {
    const address = Object.values(networkInterfaces())
      .flat()
      .find((face) => face?.family === "IPv4" && !face.internal)?.address;
    lines.push(
      "  Other machines reach it by plain http, readable on the way: fine on a trusted network,",
      "  else put a proxy with TLS before it. On another machine:",
      `    cairn connect claude-code --url http://${hostPort(address ?? host, port)} --key ${run.key}`,
      "",
    );
  }
  process.stdout.write(`${lines.join("\n")}\ncairn ready on ${run.url}\n`);
}

/** The commands find the clone's own state folder by themselves; another they have to be told. */
function stateVariable(): string {
  return process.env.CAIRN_STATE ? `CAIRN_STATE=${shellWord(stateFolder())} ` : "";
}
