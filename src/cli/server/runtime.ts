/**
 * The process that runs the Worker, started by `cairn start`: Miniflare with the bindings of
 * `wrangler.toml`, on its direct socket, which is as fast as the bare runtime. Its arguments are the
 * host, the port, the state folder and the Worker's file; keys come by the environment, so that none is
 * written to the disk or stands in a command line.
 */
import { dirname, join } from "node:path";
import {
  convertV4MiniflareOptions,
  Log,
  LogLevel,
  Miniflare,
  type V4WorkerOptions,
} from "miniflare";
import { ENVIRONMENT_VARIABLES } from "../../config.ts";
import { childrenOf, goneWithin, isAlive } from "./process-table.ts";
import { closeRpcDoor } from "./rpc-door.ts";
import { readAbout } from "./worker-about.ts";

/** How long requests in flight may take to end once it is told to stop. */
const DRAIN_MS = 1_200;

export interface RuntimeArguments {
  host: string;
  port: string;
  /** Absolute path of the state folder. */
  state: string;
  /** The Worker's file, with what `readAbout` reads beside it. */
  worker: string;
}

/** Runs until the process is told to stop. Resolves once the Worker answers. */
export async function runWorker({ host, port, state, worker }: RuntimeArguments): Promise<void> {
  closeRpcDoor();
  const options = readAbout(worker).options as V4WorkerOptions;
  const settings = ENVIRONMENT_VARIABLES.map((name) => [name, process.env[name] ?? ""]);
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      ...options,
      modules: [{ type: "ESModule", path: worker }],
      modulesRoot: dirname(worker),
      bindings: { ...options.bindings, ...Object.fromEntries(settings) },
      unsafeDirectSockets: [{ host, port: Number(port) }],
      // Miniflare's own entry is not used; it must not be reached from elsewhere.
      host: "127.0.0.1",
      port: 0,
      resourcePersistencePath: state,
      resourceTmpPath: join(state, "runtime", "tmp"),
      cf: false,
      cache: false,
      telemetry: { enabled: false },
      log: new Log(LogLevel.ERROR),
      handleStructuredLogs: ({ level, message }) => {
        const stream = level === "error" || level === "warn" ? process.stderr : process.stdout;
        stream.write(`${message}\n`);
      },
    }),
  );
  process.once("SIGTERM", () => void stop());
  process.once("SIGINT", () => void stop());
  await miniflare.ready;
}

async function stop(): Promise<void> {
  const runtimes = childrenOf(process.pid);
  for (const pid of runtimes) {
    try {
      process.kill(pid, "SIGTERM");
    } catch {
      // It is gone by itself.
    }
  }
  await goneWithin(() => runtimes.some(isAlive), DRAIN_MS);
  // Miniflare's hook on exit ends what is left.
  process.exit(0);
}
