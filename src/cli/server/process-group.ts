/** The server's process with all that it starts: begun, watched and ended as one. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { goneWithin, isAlive } from "./process-table.ts";

/** How long requests in flight may take to end after SIGTERM. */
const STOP_GRACE_MS = 1_500;

/** How long the others may take to be gone once they are killed. */
const KILL_WAIT_MS = 2_000;

/** Lines that the runtime writes when it is told to stop, or for its own developers. */
const NOISE = [/^\*\*\* Received signal/, /^stack:/, /^\s*$/];

export interface ProcessGroup {
  /** The first process, which gives the group its number. */
  pid: number;
  /** Resolves when the group is gone, with what ended its first process in words. */
  ended: Promise<string>;
  /** Ends it, with grace first. */
  stop(): Promise<void>;
}

/** Windows has no groups of processes: there it is the first process alone. */
const HAS_GROUPS = process.platform !== "win32";

/** Starts a program as the first process of a new group. Its log goes to ours as it is. */
export function startProcessGroup(
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv,
): Promise<ProcessGroup> {
  const child = spawn(command, args, {
    env,
    stdio: ["ignore", "inherit", "pipe"],
    detached: HAS_GROUPS,
  });
  const watchdog = guard(child);
  if (child.stderr) {
    createInterface({ input: child.stderr }).on("line", (line) => {
      if (!NOISE.some((pattern) => pattern.test(line))) process.stderr.write(`${line}\n`);
    });
  }
  const ended = new Promise<string>((resolve) => {
    child.once("exit", async (code, signal) => {
      const pid = child.pid;
      if (pid !== undefined) {
        killGroup(pid);
        await goneWithin(() => isGroupAlive(pid), KILL_WAIT_MS);
      }
      watchdog?.kill("SIGKILL");
      resolve(signal === null ? `exit code ${code}` : `signal ${signal}`);
    });
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("spawn", () => {
      const pid = child.pid ?? 0;
      resolve({
        pid,
        ended,
        async stop() {
          child.kill("SIGTERM");
          const force = setTimeout(() => killGroup(pid), STOP_GRACE_MS);
          await ended;
          clearTimeout(force);
        },
      });
    });
  });
}

/** Ends whatever is left of a group at once. */
export function killGroup(pid: number): void {
  try {
    process.kill(HAS_GROUPS ? -pid : pid, "SIGKILL");
  } catch {
    // Nothing is left.
  }
}

/** True while any process of the group lives. */
export function isGroupAlive(pid: number): boolean {
  return isAlive(HAS_GROUPS ? -pid : pid);
}

/**
 * A kill -9 of this process gives it no chance to stop the group, which would go on holding the
 * port. A small shell reads a pipe whose other end this process holds; at its end it does the job.
 */
function guard(child: ChildProcess): ChildProcess | null {
  if (child.pid === undefined || !HAS_GROUPS) return null;
  const watchdog = spawn("sh", ["-c", 'cat >/dev/null; kill -9 -"$1"', "sh", String(child.pid)], {
    stdio: ["pipe", "ignore", "ignore"],
    // A group of its own: Ctrl-C in a terminal must not take the guard away first.
    detached: true,
  });
  watchdog.on("error", () => {});
  watchdog.stdin?.on("error", () => {});
  watchdog.unref();
  return watchdog;
}
