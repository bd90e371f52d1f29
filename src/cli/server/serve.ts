/** What every way of running the server on this machine has in common, from the lock to the end. */
import { mkdirSync } from "node:fs";
import { Failure } from "../failure.ts";
import { localUrl } from "./environment.ts";
import { freePort, untilReady } from "./port.ts";
import type { ProcessGroup } from "./process-group.ts";
import { type Run, releaseState, takeState, updateRun } from "./run-file.ts";
import { stopSignal } from "./stop-signal.ts";

export interface Service {
  host: string;
  /** 0: any free one. */
  port: number;
  /** Absolute path of the folder that only one server may have. */
  state: string;
  /** What requests carry. */
  key: string;
  /** How long it may take until it answers. */
  readyTimeoutMs: number;
  /** What starts it again, for messages. */
  command: string;
  /** How to run a second one, for messages. */
  another: string;
  /** Takes the folder over from an earlier version; throws a `Failure` where it is none of this one's. */
  prepare?: () => Promise<void>;
  /** Rewrites what is closed, before it starts and after it ended. */
  scrub?: (budgetMs: number) => Promise<void>;
  /** Starts the server's processes. */
  launch(port: number): Promise<ProcessGroup>;
  /** Tells the user that it is ready. */
  announce(run: Run): void | Promise<void>;
}

/** How long removed text is scrubbed before a start; what is left is done at the stop or the next start. */
const START_SCRUB_MS = 20_000;
/** A stop is waited for by whoever asked for it. */
const STOP_SCRUB_MS = 1_500;

/** Makes folders that nobody else on this machine may read; throws a `Failure` where it cannot. */
export function makePrivateFolders(folders: string[]): void {
  // Everything that is made from here on holds memory or secrets.
  process.umask(0o077);
  for (const folder of folders) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw new Failure(`cannot make the state folder ${folder}: ${(error as Error).message}`);
    }
  }
}

/** Runs until it is told to stop. Resolves with the exit code. */
export async function serve(service: Service): Promise<number> {
  const { host, state, key, readyTimeoutMs } = service;
  // A signal that comes while all this starts must still clear up.
  const stopping = stopSignal();
  const run: Run = { url: localUrl(host, service.port), key, pid: process.pid, runtimePid: null };
  await takeState(state, run, service.another);
  let group: ProcessGroup | null = null;
  try {
    const port = await freePort(host, service.port, service.another);
    run.url = localUrl(host, port);
    if (stopping.signal.aborted) return 0;
    await service.prepare?.();
    await service.scrub?.(START_SCRUB_MS);
    group = await service.launch(port);
    run.runtimePid = group.pid;
    updateRun(state, run);
    const ready = await Promise.race([
      untilReady(run.url, readyTimeoutMs),
      group.ended,
      stopping.stopped,
    ]);
    if (ready === null) return 0;
    if (ready !== true) {
      throw new Failure(
        ready === false
          ? `the runtime did not answer within ${readyTimeoutMs / 1000} s on ${run.url}.`
          : `the runtime could not start (${ready}); its own message stands above.`,
      );
    }
    await service.announce(run);
    const reason = await Promise.race([group.ended, stopping.stopped]);
    if (reason === null) return 0;
    throw new Failure(
      `the runtime ended by itself (${reason}). Start it again: ${service.command}`,
    );
  } finally {
    await group?.stop();
    if (group !== null) await service.scrub?.(STOP_SCRUB_MS);
    releaseState(state);
    stopping.release();
  }
}
