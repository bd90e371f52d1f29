/** The servers that are measured: `npm start`'s, and a bare Worker on the same runtime. */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { COMMAND_PATH, ROOT } from "../../src/cli/installation.ts";
import { startProcessGroup } from "../../src/cli/server/process-group.ts";
import { childrenOf } from "../../src/cli/server/process-table.ts";
import { bundleWorker } from "../../src/cli/server/worker-bundle.ts";
import { startMixed } from "../../test/local/mixed-deployment.ts";
import { workerdBinary } from "../../test/support/workerd.ts";
import { oneObjectConfig } from "../one-object-config.ts";

const READY_TIMEOUT_MS = 60_000;
const POLL_MS = 50;

export interface Server {
  url: string;
  key: string;
  /** The runtime's process. */
  pid: number;
  stop(): Promise<void>;
}

async function ready(url: string): Promise<void> {
  const end = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < end) {
    try {
      const response = await fetch(url);
      await response.body?.cancel();
      if (response.ok) return;
    } catch {
      // Not yet.
    }
    await sleep(POLL_MS);
  }
  throw new Error(`${url} did not answer within ${READY_TIMEOUT_MS} ms`);
}

/**
 * The local server of a clone as users run it, on a state folder of its own, with the embedded
 * provider. `command` is the clone's `bin/cairn.js`.
 */
export async function startCairn(
  folder: string,
  port: number,
  command: string = COMMAND_PATH,
): Promise<Server> {
  const state = join(folder, "cairn");
  const log = join(folder, "cairn.log");
  mkdirSync(folder, { recursive: true });
  const child = spawn("/bin/sh", ["-c", 'exec "$0" start >"$1" 2>&1', command, log], {
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      PORT: String(port),
      CAIRN_STATE: state,
      CAIRN_PROVIDER: "extractive",
    },
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  try {
    await Promise.race([
      ready(`${url}/health`),
      ended.then(() => {
        throw new Error(readFileSync(log, "utf8"));
      }),
    ]);
  } catch (error) {
    child.kill("SIGTERM");
    throw error;
  }
  const run = JSON.parse(readFileSync(join(state, "server.json"), "utf8")) as {
    key: string;
    runtimePid: number;
  };
  return {
    url,
    key: run.key,
    pid: run.runtimePid,
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** Cairn's Worker on `workerd` alone, without Miniflare; its key is that of `startMixed`'s team. */
export async function startPlain(folder: string): Promise<Server> {
  const own = join(folder, "plain");
  mkdirSync(own, { recursive: true });
  const worker = readFileSync(join(own, await bundleWorker(own)), "utf8");
  const today = "today" as const;
  const deployment = { worker: today, session: today, project: today, team: today };
  const key = `cairn_local_bench_${"b".repeat(40)}`;
  const server = await startMixed(own, { today: worker, release: worker }, deployment, key);
  return { ...server, key };
}

/** The bare Worker, with the same runtime, date and kind of storage. */
export async function startBare(folder: string, port: number): Promise<Server> {
  const state = join(folder, "bare");
  const objects = join(state, "objects");
  mkdirSync(objects, { recursive: true });
  const script = readFileSync(join(ROOT, "bench", "ingest", "bare-worker.js"));
  writeFileSync(join(state, "bare-worker.js"), script);
  const config = join(state, "bare.capnp");
  const module = "bare-worker.js";
  writeFileSync(
    config,
    oneObjectConfig({ port, objects, module, binding: "ROWS", className: "Rows" }),
  );
  const runtime = await startProcessGroup(workerdBinary(), ["serve", config], {
    PATH: process.env.PATH,
  });
  const url = `http://127.0.0.1:${port}`;
  await ready(url);
  return { url, key: "", pid: runtime.pid, stop: () => runtime.stop() };
}

/** Ticks of `/proc/<pid>/stat` per second: fixed on Linux. */
const TICK_MS = 10;

/** Processor time that a process and its children have used so far, in ms; NaN where it is not told. */
export function cpuMs(pid: number): number {
  return [pid, ...childrenOf(pid)].map(ownCpuMs).reduce((sum, ms) => sum + ms, 0);
}

function ownCpuMs(pid: number): number {
  try {
    // After the name in brackets, which may hold spaces; user and system time are fields 14 and 15.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return Number.NaN;
  }
}
