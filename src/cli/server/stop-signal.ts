/** When a server has to stop. */
import { isAlive, npmAbove } from "./process-table.ts";

const PARENT_POLL_MS = 500;

export interface StopSignal {
  signal: AbortSignal;
  /** Resolves with null when it is time to stop. */
  stopped: Promise<null>;
  release(): void;
}

/** Aborts at SIGINT, SIGTERM and SIGHUP, and when the process that ran this command is gone. */
export function stopSignal(): StopSignal {
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
    stopped: new Promise((resolve) => {
      controller.signal.addEventListener("abort", () => resolve(null));
    }),
    release() {
      if (poll !== null) clearInterval(poll);
    },
  };
}
