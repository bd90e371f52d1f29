/**
 * What a person sees and how long the agent waits where hooks reach no Cairn: real Claude Code, one
 * turn with two tool calls against a mock model, for each form of hook and each kind of trouble.
 *
 *   npm run bench:hooks
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { claudeCommand, installClaudeCode } from "../../e2e/claude-code.ts";
import { CAIRN, environment, temporaryFolder } from "../../test/local/cli-command.ts";
import { startMockProvider } from "../../test/support/mock-provider/server.ts";

const KEY = `cairn_acme_me0001_${"k".repeat(40)}`;
/** As Cloudflare answers for a Worker that failed or is over its daily limit. */
const ERROR_PAGE = "<!DOCTYPE html><html><title>Error 1101</title>Worker threw exception</html>";
/** Longer than any hook waits. */
const SLOW_MS = 30_000;
/** Turns of each; their median counts. */
const TURNS = 3;

const SERVERS: Record<string, RequestListener | null> = {
  answers: (_request, response) => response.setHeader("content-type", "application/json").end("{}"),
  "html error page": (_request, response) => {
    response.writeHead(500, { "content-type": "text/html" }).end(ERROR_PAGE);
  },
  "refused connection": null,
  "slow server": (_request, response) => {
    setTimeout(() => response.end("{}"), SLOW_MS).unref();
  },
};

const FORMS: Record<string, string> = {
  "posts (this machine)": "--no-quiet",
  "background (elsewhere)": "--quiet",
};

/** One hook of a turn, as the agent ran it. */
interface Ran {
  event: string;
  /** From its start to its end. */
  ms: number;
  /** The agent goes on meanwhile. */
  async: boolean;
  /** It is told to the person as failed, with these words. */
  trouble: string | null;
}

const claude = installClaudeCode();
const mock = await startMockProvider({ commands: ["echo one", "echo two"], closing: "Both said." });

console.log(
  "| hooks | server | start, ms | each other that is waited for, ms | shown as failed | the first |",
);
console.log("|---|---|---|---|---|---|");
for (const [form, flag] of Object.entries(FORMS)) {
  for (const [name, listener] of Object.entries(SERVERS)) {
    const turns: Ran[][] = [];
    for (let n = 0; n < TURNS; n++) turns.push(await turnWith(flag, listener));
    const all = turns.flat();
    const waits = (isStart: boolean) =>
      median(
        all
          .filter((one) => !one.async && (one.event === "SessionStart") === isStart)
          .map(({ ms }) => ms),
      );
    const shown = turns.map((turn) => turn.filter(({ trouble }) => trouble !== null).length);
    const first = all.find(({ trouble }) => trouble !== null)?.trouble ?? "";
    console.log(
      `| ${form} | ${name} | ${waits(true)} | ${waits(false)} | ${median(shown)} | ${first} |`,
    );
  }
}
await mock.close();

async function turnWith(flag: string, listener: RequestListener | null): Promise<Ran[]> {
  const home = temporaryFolder("hooks");
  const cwd = join(home, "app");
  mkdirSync(cwd);
  const server = createServer(listener ?? (() => {}));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  if (listener === null) server.close();
  const args = ["connect", "claude-code", "--url", url, "--key", KEY, flag];
  const env = environment(home);
  const { status, stderr } = spawnSync(CAIRN, args, { cwd, env, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  const { hooks } = JSON.parse(readFileSync(join(home, ".claude/settings.json"), "utf8"));
  const isAsync = (event: string) => hooks[event]?.[0].hooks[0].async === true;
  try {
    return await ranHooks(home, cwd, isAsync);
  } finally {
    server.closeAllConnections();
    server.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Runs a turn, and takes the times at which the agent tells of each hook's start and end. */
async function ranHooks(
  home: string,
  cwd: string,
  isAsync: (event: string) => boolean,
): Promise<Ran[]> {
  const { args, env } = claudeCommand("Say both", { home, modelUrl: mock.url });
  const child = spawn(claude, args, { cwd, env, stdio: ["ignore", "pipe", "inherit"] });
  const started = new Map<string, number>();
  const ran: Ran[] = [];
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const message = JSON.parse(line);
      if (message.subtype === "hook_started") started.set(message.hook_id, performance.now());
      if (message.subtype !== "hook_response") continue;
      const { hook_event: event, hook_id, outcome, stderr } = message;
      const ms = Math.round(performance.now() - (started.get(hook_id) ?? 0));
      const trouble = outcome === "error" ? String(stderr).replaceAll(/[\s|]+/g, " ") : null;
      ran.push({ event, ms, async: isAsync(event), trouble });
    }
  });
  await new Promise((done) => child.once("close", done));
  return ran;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
