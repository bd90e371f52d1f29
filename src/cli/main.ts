/** The command line: `cairn <command>`. */
import { Command } from "commander";
import { Failure } from "./failure.ts";

const program = new Command("cairn")
  .description("Shared memory for coding agents")
  .showHelpAfterError("(see: cairn --help)");

program
  .command("start")
  .description("run the server on this machine (HOST, PORT, CAIRN_STATE, CAIRN_KEY, …)")
  .action(async () => {
    const { start } = await import("./server/start.ts");
    process.exitCode = await start();
  });

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`cairn: ${error.message}\n`);
  process.exitCode = 1;
}
