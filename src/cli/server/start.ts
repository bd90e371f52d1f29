/** `cairn start`: the Worker on the open-source runtime, on this machine. */

import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { workerVariables } from "../../config.ts";
import { isLoopback } from "../../platform/loopback.ts";
import { call } from "../api.ts";
import {
  BUILT,
  CAIRN,
  IS_CLONE,
  otherStateFolder,
  ROOT,
  shellWord,
  stateFolder,
} from "../installation.ts";
import { isAgentsKey } from "../known-servers.ts";
import { ProvidersRow, tellProviders } from "../providers.ts";
import { hostPort, readServerEnvironment } from "./environment.ts";
import { firstKey, keptKey, makeKey, signingSecret } from "./key.ts";
import { startProcessGroup } from "./process-group.ts";
import type { Run } from "./run-file.ts";
import { databases, scrub } from "./scrub.ts";
import { makePrivateFolders, serve } from "./serve.ts";
import { checkStateVersion, noteStateVersion } from "./state-version.ts";
import { readAbout } from "./worker-about.ts";
import { workerFile } from "./worker-bundle.ts";

const READY_TIMEOUT_MS = 30_000;

/** The same command line once more, by its hidden command `runtime`. */
const RUNTIME = [
  ...process.execArgv,
  IS_CLONE ? join(ROOT, "src", "cli", "main.ts") : join(BUILT, "cairn.js"),
  "runtime",
];

/** Runs until it is told to stop. Resolves with the exit code. */
export async function start(): Promise<number> {
  const { host, port, state, key } = readServerEnvironment(process.env);
  // Started from an agent's shell: what stands there is the agent's key, and no server's.
  const givenKey = key !== null && isAgentsKey(key) ? null : key;
  const runtimeFolder = join(state, "runtime");
  makePrivateFolders([state, runtimeFolder]);
  const secret = process.env.CAIRN_SECRET || signingSecret(state);
  const known = givenKey ?? keptKey(state);
  const keys = known ?? (await makeKey(state, secret));
  // Told when it is made; later who looks over the shoulder, or reads a log, need not see it.
  const whereKey = givenKey === null ? `in ${join(state, "key")}` : "that of CAIRN_KEY";
  return await serve({
    host,
    port,
    state,
    key: firstKey(keys, "CAIRN_KEY"),
    readyTimeoutMs: READY_TIMEOUT_MS,
    command: `${CAIRN} start`,
    another: "A second server needs a PORT and a CAIRN_STATE of its own.",
    async prepare() {
      takeOverObjects(state);
      const worker = await workerFile(runtimeFolder);
      const { schema } = readAbout(worker);
      await checkStateVersion(state, schema);
      noteStateVersion(state, schema);
    },
    async scrub(budgetMs) {
      const { failures } = await scrub(state, { budgetMs });
      for (const failure of failures) process.stderr.write(`cairn: not scrubbed: ${failure}\n`);
    },
    async launch(port) {
      rmSync(join(runtimeFolder, "tmp"), { recursive: true, force: true });
      mkdirSync(join(runtimeFolder, "tmp"));
      const worker = await workerFile(runtimeFolder);
      return await startProcessGroup(
        process.execPath,
        [...RUNTIME, host, String(port), state, worker],
        runtimeEnvironment(keys, secret),
      );
    },
    announce: (run) => announce(host, run, known === null ? run.key : whereKey),
  });
}

/**
 * Takes over the objects' databases of the first release, which lie in `objects` where Miniflare has
 * `do`. Two memories are never mixed, because each numbers its projects by itself: where the first
 * release ran again on a folder that was taken over, what it wrote since stays and is named.
 */
function takeOverObjects(state: string): void {
  const [before, now] = [join(state, "objects"), join(state, "do")];
  if (!existsSync(before)) return;
  if (databases(state).length === 0) {
    rmSync(now, { recursive: true, force: true });
    renameSync(before, now);
    return;
  }
  const other = shellWord(`${state}-0.1.0`);
  process.stderr.write(
    `cairn: ${before} is a second memory, which version 0.1.0 has written to; it is left as it is, ` +
      `and ${now} is used. To use the other one beside it: mkdir -m 700 ${other} && ` +
      `mv ${shellWord(before)} ${other} && CAIRN_STATE=${other} ${CAIRN} start\n`,
  );
}

/** The runtime gets what the Worker is configured by, and nothing else of this environment. */
function runtimeEnvironment(keys: string, secret: string): NodeJS.ProcessEnv {
  const { PATH, NODE_EXTRA_CA_CERTS } = process.env;
  const env: NodeJS.ProcessEnv = { PATH, ...(NODE_EXTRA_CA_CERTS ? { NODE_EXTRA_CA_CERTS } : {}) };
  Object.assign(env, workerVariables(process.env));
  env.CAIRN_KEY = keys;
  env.CAIRN_SECRET = secret;
  // There is one machine: the runtime knows no jurisdictions, and refuses them.
  env.CAIRN_JURISDICTION = "";
  return env;
}

async function announce(host: string, run: Run, key: string): Promise<void> {
  const told = tellProviders(await call(run, "status", ProvidersRow).catch(() => ({})));
  const other = otherStateFolder();
  const lines = [
    "",
    `  URL    ${run.url}`,
    `  Key    ${key}`,
    `  State  ${stateFolder()}`,
    ...(other === null
      ? []
      : [`         (another memory is in ${other}; to use that one, set CAIRN_STATE to it)`]),
    ...told.map((line, i) => (i === 0 ? `  Model  ${line}` : `         ${line}`)),
    ...(told.length > 0 && process.env.ANTHROPIC_API_KEY && !process.env.CAIRN_PROVIDER
      ? ["         (by ANTHROPIC_API_KEY; CAIRN_PROVIDER=extractive uses no model)"]
      : []),
    "",
    "  Connect Claude Code (from any folder, once per machine):",
    `    ${stateVariable()}${CAIRN} connect claude-code`,
    "  or every agent that is installed here, after asking:",
    `    ${stateVariable()}${CAIRN} connect --all`,
    "",
  ];
  if (!isLoopback(host)) {
    const address = Object.values(networkInterfaces())
      .flat()
      .find((face) => face?.family === "IPv4" && !face.internal)?.address;
    const port = Number(new URL(run.url).port);
    lines.push(
      "  Other machines reach it by plain http, readable on the way: fine on a trusted network,",
      `  else put a proxy with TLS before it. On another machine${IS_CLONE ? ", in a clone there" : ""}:`,
      `    ${IS_CLONE ? "bin/cairn.js" : "npx cairn-memory"} connect claude-code --url http://${hostPort(address ?? host, port)}`,
      "  It asks for the key.",
      "",
    );
  }
  process.stdout.write(`${lines.join("\n")}\ncairn ready on ${run.url}\n`);
}

/** The commands find the default state folder by themselves; another they have to be told. */
function stateVariable(): string {
  return process.env.CAIRN_STATE ? `CAIRN_STATE=${shellWord(stateFolder())} ` : "";
}
