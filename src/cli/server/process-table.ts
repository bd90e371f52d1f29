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

/** The command lines of the processes of a group; none where there is no such group. */
export function commandLinesOfGroup(group: number): string[] {
  const result = spawnSync("ps", ["-A", "-o", "pgid=,args="], { encoding: "utf8" });
  const lines = result.status === 0 ? result.stdout.split("\n") : [];
  return lines.filter((line) => Number.parseInt(line, 10) === group);
}

/** The processes that a process started and that still run. */
export function childrenOf(parent: number): number[] {
  const result = spawnSync("ps", ["-A", "-o", "ppid=,pid="], { encoding: "utf8" });
  const lines = result.status === 0 ? result.stdout.trim().split("\n") : [];
  return lines.flatMap((line) => {
    const [ppid, pid] = line.trim().split(/\s+/).map(Number);
    return ppid === parent && pid !== undefined && pid !== result.pid ? [pid] : [];
  });
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

/** Waits until something has ended. False when it still lives after `timeoutMs`. */
export async function goneWithin(lives: () => boolean, timeoutMs: number): Promise<boolean> {
  const end = Date.now() + timeoutMs;
  while (lives()) {
    if (Date.now() > end) return false;
    await sleep(POLL_MS);
  }
  return true;
}
