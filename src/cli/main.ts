/** The command line: `cairn <command>`. Each command's own code is loaded when it is called. */
import { Argument, Command } from "commander";
import { Failure } from "./failure.ts";
import { resolveTarget, type TargetFlags } from "./target.ts";

const AGENTS = ["claude-code"];

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const program = new Command("cairn")
  .description("Shared memory for coding agents")
  .showHelpAfterError("(see: cairn --help)");

/** A command that talks to a server. */
function serverCommand(nameAndArguments: string, description: string): Command {
  return program
    .command(nameAndArguments)
    .description(description)
    .option("--url <url>", "the server (default: CAIRN_URL, else the local one)")
    .option("--key <key>", "the key (default: CAIRN_KEY, else that of the local server)");
}

/** A command that changes the settings of the agent. */
function settingsCommand(nameAndArguments: string, description: string): Command {
  return program
    .command(nameAndArguments)
    .description(description)
    .option("--project-scope", "in this folder's .claude, instead of for the whole machine", false);
}

program
  .command("start")
  .description("run the server on this machine (HOST, PORT, CAIRN_STATE, CAIRN_KEY, …)")
  .action(async () => {
    const { start } = await import("./server/start.ts");
    process.exitCode = await start();
  });

interface ProjectScope {
  projectScope: boolean;
}

serverCommand("connect", "put Cairn's hooks into an agent's settings")
  .addArgument(new Argument("<agent>").choices(AGENTS))
  .option("--project-scope", "in this folder's .claude, instead of for the whole machine", false)
  .option("--quiet", "hooks that run in the background and fail silently", false)
  .option("--print", "show what would be written, and write nothing", false)
  .action(async (_agent: string, flags: TargetFlags & ProjectScope & ConnectFlags) => {
    const { connect } = await import("./connect/claude-code.ts");
    connect(resolveTarget(flags), flags, say);
  });

interface ConnectFlags {
  quiet: boolean;
  print: boolean;
}

settingsCommand("disconnect", "take out of an agent's settings what connect put in")
  .addArgument(new Argument("<agent>").choices(AGENTS))
  .action(async (_agent: string, flags: ProjectScope) => {
    const { disconnect } = await import("./connect/claude-code.ts");
    disconnect(flags.projectScope, say);
  });

settingsCommand("pause", "stop capturing until resume").action(async (flags: ProjectScope) => {
  const { pause } = await import("./connect/claude-code.ts");
  pause(flags.projectScope, say);
});

settingsCommand("resume", "go on capturing").action(async (flags: ProjectScope) => {
  const { resume } = await import("./connect/claude-code.ts");
  resume(flags.projectScope, say);
});

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`cairn: ${error.message}\n`);
  process.exitCode = 1;
}
