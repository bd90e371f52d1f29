/** The server of a command that may ask a person for its key. */
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { MissingKey, resolveTarget, type Target, type TargetFlags } from "./target.ts";

/** As `resolveTarget`; in a terminal a key that is not known is asked for, and not shown. */
export async function askedTarget(flags: TargetFlags): Promise<Target> {
  try {
    return resolveTarget(flags);
  } catch (error) {
    if (!(error instanceof MissingKey) || !process.stdin.isTTY) throw error;
    return resolveTarget({ ...flags, key: await askHidden("Key (it is not shown): ") });
  }
}

async function askHidden(question: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  process.stderr.write(question);
  try {
    return (await lines.question("")).trim();
  } finally {
    lines.close();
    process.stderr.write("\n");
  }
}
