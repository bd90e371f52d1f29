/** All commands and their options. Each command's own code is loaded when it is called. */
import tab from "@bomb.sh/tab/commander";
import { Argument, Command, Option } from "commander";
import cairn from "../../package.json" with { type: "json" };
import { START_SUBCOMMAND } from "../hooks/connect/post-command.ts";
import { AGENT_NAMES, AGENTS, CONNECTABLE } from "../hooks/registry.ts";
import { askedTarget } from "./asked-target.ts";
import type { AnyAgent } from "./connect/agents.ts";
import type { DeployOptions } from "./deploy/deploy.ts";
import { Failure } from "./failure.ts";
import { IS_CLONE } from "./installation.ts";
import { addMemoryCommands, PROJECT_HELP } from "./memory-commands.ts";
import type { OpenPointFlags } from "./open-points.ts";
import { resolveTarget, type TargetFlags } from "./target.ts";

/** The agent of an argument that commander has checked against the registry. */
function connectable(name: string): AnyAgent {
  const agent = CONNECTABLE.find((one) => one.name === name);
  if (agent === undefined) throw new Failure(`${name} is not an agent that connect can set up.`);
  return agent;
}

const CONNECTABLE_NAMES = CONNECTABLE.map(({ name }) => name);

/** How long `connect` tries the key before it goes on without. */
const CONNECT_CHECK_MS = 2_000;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

export const program = new Command("cairn")
  .description("Shared memory for coding agents")
  .version(cairn.version)
  .showHelpAfterError("(see: cairn --help)");

/** A command that talks to a server. */
function serverCommand(nameAndArguments: string, description: string): Command {
  return program
    .command(nameAndArguments)
    .description(description)
    .option("--url <url>", "the server (default: CAIRN_URL, else the one connected to)")
    .option("--key <key>", "its key, - to read it from the input (default: the one remembered)");
}

/** A command that changes the settings of the agent. */
function settingsCommand(nameAndArguments: string, description: string): Command {
  return program
    .command(nameAndArguments)
    .description(description)
    .option("--project-scope", "in this repository, instead of for the whole machine", false);
}

program
  .command("start")
  .description("run the server on this machine (HOST, PORT, CAIRN_STATE, CAIRN_KEY, …)")
  .action(async () => {
    const { start } = await import("./server/start.ts");
    process.exitCode = await start();
  });

program
  .command("scrub")
  .description(
    "rewrite the stopped local server's databases, so that nothing removed stays in them",
  )
  .action(async () => {
    const { scrubStopped } = await import("./server/scrub-command.ts");
    await scrubStopped(say);
  });

// The process beside `start` that runs the Worker: nothing for people.
program
  .command("runtime <host> <port> <state> <worker>", { hidden: true })
  .action(async (host: string, port: string, state: string, worker: string) => {
    const { runWorker } = await import("./server/runtime.ts");
    await runWorker({ host, port, state, worker });
  });

program
  .command("dev", { hidden: !IS_CLONE })
  .description("run it by wrangler dev, for work on Cairn itself (HOST, PORT)")
  .action(async () => {
    const { dev } = await import("./server/dev.ts");
    process.exitCode = await dev();
  });

const service = program
  .command("service")
  .description("have the server start by itself (systemd, launchd, Task Scheduler)");

service
  .command("install")
  .description("start it now and at each login, with the settings of this shell")
  .action(async () => {
    const { installService } = await import("./service/service.ts");
    await installService(say);
  });

service
  .command("status")
  .description("whether it is installed and runs; exit code 1 where not")
  .option("--json", "for programs", false)
  .action(async ({ json }: { json: boolean }) => {
    const { serviceStatus } = await import("./service/service.ts");
    if (!(await serviceStatus(json, say))) process.exitCode = 1;
  });

service
  .command("remove")
  .description("stop it, and start it no more; what is remembered stays")
  .action(async () => {
    const { removeService } = await import("./service/service.ts");
    await removeService(say);
  });

program
  .command("deploy")
  .description("deploy to Cloudflare Workers, or update what is deployed")
  .option("--name <worker>", "name of the Worker, the first part of its address", "cairn")
  .option("--team <team>", "team of the first key", "team")
  .option("--jurisdiction <place>", "where all is kept, for good: eu, us, fedramp or fedramp-high")
  .option("--anthropic", "set ANTHROPIC_API_KEY of this environment as a secret", false)
  .option("--workers-ai", "bind Cloudflare's own models to it, which then compress")
  .option("--no-workers-ai", "take them off again (default: as it is deployed)")
  .action(async (flags: DeployOptions) => {
    const { deploy } = await import("./deploy/deploy.ts");
    await deploy(flags, say);
  });

program
  .command("deploy-check <url>")
  .description("check a deployment; exit code 1 where something is wrong")
  .option("--key <key>", "a key of it, - to read it from the input (default: the one remembered)")
  .option("--wait <seconds>", "how long a new address may take", "60")
  .option("--json", "for programs", false)
  .action(async (url: string, flags: { key?: string; wait: string; json: boolean }) => {
    const { checkDeployment } = await import("./deploy/check.ts");
    const { tellChecks } = await import("./checks/check.ts");
    const target = await askedTarget({ ...flags, url });
    const checks = await checkDeployment(target, Number(flags.wait) * 1_000);
    if (!tellChecks(checks, flags.json, say)) process.exitCode = 1;
  });

interface ProjectScope {
  projectScope: boolean;
}

serverCommand("connect", "put Cairn's hooks into an agent's settings")
  .addArgument(new Argument("[agent]").choices(CONNECTABLE_NAMES))
  .option("--all", "every agent that is installed here, after asking", false)
  .option("--yes", "with --all: do not ask", false)
  .option("--project-scope", "in this repository, instead of for the whole machine", false)
  .option(
    "--quiet",
    "Claude Code: background hooks that fail silently (default for servers elsewhere)",
  )
  .option("--no-quiet", "Claude Code: posts that it waits for (default for this machine's server)")
  .option("--no-notice", "Claude Code: do not show the line that says what a session was told")
  .option("--trust", "Codex: trust the hooks, so that it does not ask", false)
  .option("--print", "show what would be written, and write nothing", false)
  .action(async (agent: string | undefined, flags: TargetFlags & ProjectScope & ConnectFlags) => {
    const { chosenAgents, connect, installedAgents } = await import("./connect/agents.ts");
    if ((agent === undefined) !== flags.all) {
      throw new Failure(`name an agent (${CONNECTABLE_NAMES.join(", ")}), or give --all.`);
    }
    const target = await askedTarget(flags);
    const agents =
      agent === undefined
        ? await chosenAgents(installedAgents(), flags.yes || flags.print, say)
        : [connectable(agent)];
    // A key that is refused is told before anything is looked at.
    if (!flags.print && agents.length > 0) {
      const { takesKey } = await import("./api.ts");
      await takesKey(target, CONNECT_CHECK_MS);
    }
    for (const one of agents) {
      const trust = flags.trust && (agent !== undefined || one.name === "codex");
      await connect(one, target, { ...flags, trust }, say);
    }
  });

interface ConnectFlags {
  all: boolean;
  yes: boolean;
  trust: boolean;
  quiet?: boolean;
  notice: boolean;
  print: boolean;
}

settingsCommand("disconnect", "take out of an agent's settings what connect put in")
  .addArgument(new Argument("<agent>").choices(CONNECTABLE_NAMES))
  .action(async (agent: string, flags: ProjectScope) => {
    const { disconnect } = await import("./connect/agents.ts");
    disconnect(connectable(agent), flags.projectScope, say);
  });

/** One agent, or without a name all that are connected. */
const WHICH_AGENT = () =>
  new Argument("[agent]", "without it: all that are connected").choices(CONNECTABLE_NAMES);

settingsCommand("pause", "stop capturing until resume")
  .addArgument(WHICH_AGENT())
  .action(async (agent: string | undefined, flags: ProjectScope) => {
    const { pause } = await import("./connect/agents.ts");
    pause(agent === undefined ? CONNECTABLE : [connectable(agent)], flags.projectScope, say);
  });

settingsCommand("resume", "go on capturing")
  .addArgument(WHICH_AGENT())
  .action(async (agent: string | undefined, flags: ProjectScope) => {
    const { resume } = await import("./connect/agents.ts");
    resume(agent === undefined ? CONNECTABLE : [connectable(agent)], flags.projectScope, say);
  });

// What agents' hooks run where there is no POSIX shell: nothing for people.
program
  .command(`${START_SUBCOMMAND} <address>`, { hidden: true })
  .option("--no-notice", "have the answer show nothing to the person")
  .action(async (address: string, { notice }: { notice: boolean }) => {
    const { hookStart } = await import("./hook-start.ts");
    process.stdout.write(await hookStart(address, notice));
  });

program
  .command("exclude")
  .description("record no sessions of this repository, or of a folder")
  .argument("[folder]", "default: the repository of this folder")
  .option("--off", "record them again", false)
  .option("--json", "for programs", false)
  .action(async (folder: string | undefined, flags: { off: boolean; json: boolean }) => {
    const { exclude } = await import("./exclude.ts");
    exclude(folder, flags, say);
  });

interface ProjectFlag extends TargetFlags {
  project?: string;
}

serverCommand("context", "show what a new session in this repository would be told")
  .option("--project <project>", PROJECT_HELP)
  .option("--query <words>", "prefer what matches these words")
  .option("--tokens <n>", "how long it may be")
  .option("--json", "for programs", false)
  .action(async (flags: ProjectFlag & { query?: string; tokens?: string; json: boolean }) => {
    const { context } = await import("./recall.ts");
    await context(resolveTarget(flags), flags, say);
  });

serverCommand("search", "search what is known: words, a command, an error message")
  .argument("<words...>")
  // What the command does not know is part of what is searched: `cairn search git push -f`.
  .allowUnknownOption()
  .helpOption("--help", "display help for command")
  .option("--project <project>", PROJECT_HELP)
  .option("--all", "in all projects", false)
  .option("--limit <n>", "how many results", "10")
  .option("--json", "for programs", false)
  .action(async (words: string[], flags: ProjectFlag & SearchFlags) => {
    const { search } = await import("./recall.ts");
    await search(resolveTarget(flags), words, flags, say);
  });

addMemoryCommands(serverCommand, say);

interface SearchFlags {
  all: boolean;
  limit: string;
  json: boolean;
}

serverCommand("open-points", "list what sessions left to do, and close or reopen a point")
  .option("--project <project>", PROJECT_HELP)
  .addOption(
    new Option("--state <state>", "which of them")
      .choices(["open", "aged", "closed", "all"])
      .default("open"),
  )
  .option("--limit <n>", "how many", "20")
  .option("--close <n>", "say that this one is done: its id or number")
  .option("--reopen <n>", "say that this one is open")
  .option("--json", "for programs", false)
  .action(async (flags: TargetFlags & OpenPointFlags) => {
    const { openPoints } = await import("./open-points.ts");
    await openPoints(resolveTarget(flags), flags, say);
  });

const projects = serverCommand("projects", "list the projects, and rename, merge or delete one")
  .option("--json", "for programs", false)
  .action(async (flags: TargetFlags & { json: boolean }) => {
    const { listProjects } = await import("./projects.ts");
    await listProjects(resolveTarget(flags), flags.json, say);
  });

/** A command below `projects`, which takes the options of that one too. */
function projectCommand(nameAndArguments: string, description: string): Command {
  return projects.command(nameAndArguments).description(description);
}

projectCommand(
  "rename <project> <name>",
  "show it by another name; the old one leads to it",
).action(async (project: string, name: string, _flags: object, command: Command) => {
  const { renameProject } = await import("./projects.ts");
  const flags = command.optsWithGlobals();
  await renameProject(resolveTarget(flags), project, name, flags.json, say);
});

projectCommand("merge <project> <into>", "move all that it remembers into another one").action(
  async (project: string, into: string, _flags: object, command: Command) => {
    const { mergeProject } = await import("./projects.ts");
    const flags = command.optsWithGlobals();
    await mergeProject(resolveTarget(flags), project, into, flags.json, say);
  },
);

projectCommand("delete <project>", "delete it and all that it remembers, for good")
  .option("--yes", "do not ask whether you are sure", false)
  .action(async (project: string, { yes }: { yes: boolean }, command: Command) => {
    const { deleteProject } = await import("./projects.ts");
    const flags = command.optsWithGlobals();
    await deleteProject(resolveTarget(flags), project, yes, flags.json, say);
  });

serverCommand("status", "show what the server is doing, and who is connected")
  .option("--json", "for programs", false)
  .action(async (flags: TargetFlags & { json: boolean }) => {
    const { status } = await import("./recall.ts");
    await status(resolveTarget(flags), flags.json, say);
  });

serverCommand("doctor", "check this machine and the server; exit code 1 where something is wrong")
  .option("--json", "for programs", false)
  .action(async (flags: TargetFlags & { json: boolean }) => {
    const { doctor } = await import("./doctor.ts");
    if (!(await doctor(flags, say))) process.exitCode = 1;
  });

serverCommand("replay", "send recorded streams of hooks, and show what was learnt")
  .argument("<files...>")
  .addOption(
    new Option("--agent <agent>", "whose hooks they are")
      .choices(AGENT_NAMES)
      .default(AGENT_NAMES[0]),
  )
  .option("--project <project>", "send it as of this project")
  .option("--speed <n>", 'times the recorded pace, or "max"', "max")
  .option("--session-suffix <text>", "add to the sessions' ids, to send them as new ones", "")
  .action(async (files: string[], flags: ProjectFlag & ReplayFlags) => {
    const { parseSpeed, replay } = await import("./replay/replay.ts");
    const agent = AGENTS.find((one) => one.agent === flags.agent);
    if (agent === undefined)
      throw new Failure(`${flags.agent} is not an agent that is known here.`);
    const options = { ...flags, agent, speed: parseSpeed(flags.speed) };
    if (!(await replay(resolveTarget(flags), files, options, say))) process.exitCode = 1;
  });

interface ReplayFlags {
  agent: string;
  speed: string;
  sessionSuffix: string;
}

// `completion` prints a script for a shell, which asks the hidden `complete` at each key.
tab(program, { completionCommandName: "completion" });
