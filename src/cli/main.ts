/** The command line: `cairn <command>`. */
import { withoutControls } from "../platform/control-codes.ts";
import { Failure } from "./failure.ts";
import { program } from "./program.ts";

// A reader that has seen enough (`| head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`cairn: ${withoutControls(error.message)}\n`);
  process.exitCode = 1;
}
