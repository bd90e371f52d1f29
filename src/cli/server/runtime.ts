/** The runtime's process: started, watched, stopped. */
import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { CLONE } from "../clone.ts";

/** How long requests in flight may take to end after SIGTERM. */
const STOP_GRACE_MS = 1_500;

/** Lines that the runtime writes when it is told to stop, or for its own developers. */
const NOISE = [/^\*\*\* Received signal/, /^stack:/, /^\s*$/];

export interface Runtime {
  pid: number;
  /** Resolves when the process is gone, with what ended it in words. */
  ended: Promise<string>;
  /** Ends it, with grace first. */
  stop(): Promise<void>;
}

/** The binary that the package `workerd` brought for this platform. */
function workerdBinary(): string {
  const require = createRequire(join(CLONE, "package.json"));
  return (require("workerd") as { default: string }).default;
}

/** Starts `workerd serve`. Its log goes to standard output as it is. */
export function startRuntime(configFile: string, env: NodeJS.ProcessEnv): Promise<Runtime> {
  const child = spawn(workerdBinary(), ["serve", configFile], {
    env,
    stdio: ["ignore", "inherit", "pipe"],
  });
  const watchdog = guard(child);
  if (child.stderr) {
    createInterface({ input: child.stderr }).on("line", (line) => {
      if (!NOISE.some((pattern) => pattern.test(line))) process.stderr.write(`${line}\n`);
    });
  }
  const ended = new Promise<string>((resolve) => {
    child.once("exit", (code, signal) => {
      watchdog?.kill("SIGKILL");
      resolve(signal === null ? `exit code ${code}` : `signal ${signal}`);
    });
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("spawn", () => {
      resolve({
        pid: child.pid ?? 0,
        ended,
        async stop() {
          child.kill("SIGTERM");
          const force = setTimeout(() => child.kill("SIGKILL"), STOP_GRACE_MS);
          await ended;
          clearTimeout(force);
        },
      });
    });
  });
}

/**
 * A kill -9 of this process gives it no chance to stop the runtime, which would go on holding the
 * port. A small shell reads a pipe whose other end this process holds; at its end it does the job.
 */
function guard(child: ChildProcess): ChildProcess | null {
  if (child.pid === undefined || process.platform === "win32") return null;
  const watchdog = spawn("sh", ["-c", 'cat >/dev/null; kill -9 "$1"', "sh", String(child.pid)], {
    stdio: ["pipe", "ignore", "ignore"],
    // A group of its own: Ctrl-C in a terminal must not take the guard away first.
    detached: true,
  });
  watchdog.on("error", () => {});
  watchdog.stdin?.on("error", () => {});
  watchdog.unref();
  return watchdog;
}
