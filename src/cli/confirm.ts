/** Asks a person before something is taken away for good. */
import { createInterface } from "node:readline/promises";
import { Failure } from "./failure.ts";

/** Throws a `Failure` unless somebody at a terminal types `word`; without one it names `--yes`. */
export async function confirm(question: string, word: string): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new Failure("nothing was deleted: say that you are sure of it with --yes.");
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const typed = await terminal.question(question);
    if (typed.trim() !== word) throw new Failure("nothing was deleted.");
  } finally {
    terminal.close();
  }
}
