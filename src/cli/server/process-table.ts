/** What is known of processes by their ids: whether they live, and what they run. */
import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 20;

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function ps(pid: number, column: "args" | "ppid"): string {
  const result = spawnSync("ps", ["-o", `${column}=`, "-p", String(pid)], { encoding: "utf8" });
  return result.status === 0 ? result.stdout.trim() : "";
}

/** The command line of a process; empty where there is none or it cannot be told. */
export function commandLine(pid: number): string {
  return ps(pid, "args");
}

/** The nearest process above this one that is npm, if npm started it. */
export function npmAbove(): number | null {
  if (process.env.npm_lifecycle_event === undefined) return null;
  let pid = process.ppid;
  // npm runs scripts by way of a shell, which may or may not stay in between.
  for (let steps = 0; steps < 4 && pid > 1; steps += 1) {
    if (/^npm\b|[/\\]npm(?:-cli\.js)?\b/.test(commandLine(pid))) return pid;
    pid = Number(ps(pid, "ppid")) || 0;
  }
  return null;
}

/** Waits until the process is gone. False when it is still there after `timeoutMs`. */
export async function goneWithin(pid: number, timeoutMs: number): Promise<boolean> {
  const end = Date.now() + timeoutMs;
  while (isAlive(pid)) {
    if (Date.now() > end) return false;
    await sleep(POLL_MS);
  }
  return true;
}
