/** `cairn scrub`: what a start and a stop do by themselves, whole and at once. */
import { Failure } from "../failure.ts";
import { stateFolder } from "../installation.ts";
import { type Run, releaseState, takeState } from "./run-file.ts";
import { scrub } from "./scrub.ts";

/** Throws a `Failure` where a server runs on the state folder, or a database cannot be rewritten. */
export async function scrubStopped(say: (line: string) => void): Promise<void> {
  const state = stateFolder();
  const run: Run = { url: "", key: "", pid: process.pid, runtimePid: null };
  await takeState(state, run, "Its stop scrubs by itself.");
  try {
    const { files, failures } = await scrub(state, {
      budgetMs: Number.POSITIVE_INFINITY,
      all: true,
    });
    if (failures.length > 0) {
      throw new Failure(`could not rewrite ${failures.join("; ")}. Is something else using it?`);
    }
    say(`Rewrote ${files} databases in ${state}: nothing that was removed stays in them.`);
  } finally {
    releaseState(state);
  }
}
