/**
 * `server.json` in the state folder: says which server runs on it, is the lock that keeps a second
 * one away, and tells the other commands where the server is. Mode 0600, gone when the server stops.
 */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { Failure } from "../failure.ts";
import { ROOT } from "../installation.ts";
import { isGroupAlive, killGroup } from "./process-group.ts";
import { commandLine, commandLinesOfGroup, goneWithin, isAlive } from "./process-table.ts";

const KILL_WAIT_MS = 5_000;

const RunSchema = z.object({
  url: z.string(),
  /** What requests carry; the first one where the server has several. */
  key: z.string(),
  /** The process that started the runtime. */
  pid: z.number().int().positive(),
  /** The first process of the runtime's group; null until it was started. */
  runtimePid: z.number().int().positive().nullable(),
});
export type Run = z.infer<typeof RunSchema>;

function runFile(state: string): string {
  return join(state, "server.json");
}

function parseRun(text: string): Run | null {
  try {
    return RunSchema.parse(JSON.parse(text));
  } catch {
    // A start that was killed while it wrote: nothing runs by it.
    return null;
  }
}

/** The server that runs on a state folder, or null. */
export function runningServer(state: string): Run | null {
  const run = readRun(state)?.run ?? null;
  return run !== null && isLauncher(run) ? run : null;
}

function readRun(state: string): { text: string; run: Run | null } | null {
  try {
    const text = readFileSync(runFile(state), "utf8");
    return { text, run: parseRun(text) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** A process id may have gone to somebody else since: its command line must be ours. */
function isLauncher(run: Run): boolean {
  if (!isAlive(run.pid)) return false;
  const command = commandLine(run.pid);
  return command === "" || /cairn|main\.ts|node/.test(command);
}

/**
 * Takes the state folder for this process. Throws a `Failure` where a server runs on it, with
 * `another` at its end, which says how to run a second one; what a killed one left behind, its file
 * and its runtime, is cleared away.
 */
export async function takeState(state: string, run: Run, another: string): Promise<void> {
  for (let tries = 0; tries < 3; tries += 1) {
    if (createRun(state, run)) return;
    const found = readRun(state);
    if (found === null) continue;
    if (found.run !== null && isLauncher(found.run)) {
      throw new Failure(
        `a server already runs on ${state}: ${found.run.url} (process ${found.run.pid}). ` +
          `Use that one, or stop it with: kill ${found.run.pid}. ${another}`,
      );
    }
    await endOrphan(found.run, state);
    // Set aside, then looked at: another start may have taken the folder in the meantime.
    const aside = `${runFile(state)}.${process.pid}`;
    try {
      renameSync(runFile(state), aside);
    } catch {
      continue;
    }
    const moved = readFileSync(aside, "utf8");
    if (moved !== found.text) renameSync(aside, runFile(state));
    else rmSync(aside);
  }
  throw new Failure(`another start is taking ${state} at this moment. Try again.`);
}

/** A link is made whole or not at all, and never over another: no reader sees half a file. */
function createRun(state: string, run: Run): boolean {
  const whole = `${runFile(state)}.${process.pid}`;
  writeFileSync(whole, JSON.stringify(run), { mode: 0o600 });
  try {
    linkSync(whole, runFile(state));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(whole);
  }
}

/** Ends a runtime whose launcher was killed: it still holds the port and the databases. */
async function endOrphan(run: Run | null, state: string): Promise<void> {
  const pid = run?.runtimePid;
  if (pid == null || !isGroupAlive(pid)) return;
  // The number may have gone to somebody else since: it must be this installation that runs there.
  if (!commandLinesOfGroup(pid).some((line) => line.includes(state) || line.includes(ROOT))) return;
  killGroup(pid);
  if (!(await goneWithin(() => isGroupAlive(pid), KILL_WAIT_MS))) {
    throw new Failure(
      `a runtime of an earlier server still holds ${state} (process ${pid}). ` +
        `Stop it with: kill -9 ${pid}`,
    );
  }
}

/** Where the last server on a state folder was, also when it runs no more; null where none was. */
export function lastUrl(state: string): string | null {
  try {
    return readFileSync(urlFile(state), "utf8").trim() || null;
  } catch {
    return null;
  }
}

function urlFile(state: string): string {
  return join(state, "url");
}

/** Writes down what became known after the folder was taken. */
export function updateRun(state: string, run: Run): void {
  const partial = `${runFile(state)}.${process.pid}`;
  writeFileSync(partial, JSON.stringify(run), { mode: 0o600 });
  renameSync(partial, runFile(state));
  writeFileSync(urlFile(state), `${run.url}\n`);
}

/** Gives the state folder free, unless somebody else has it by now. */
export function releaseState(state: string): void {
  if (readRun(state)?.run?.pid === process.pid) rmSync(runFile(state), { force: true });
}
