/**
 * The main job, tried as a new user would: the server by `npm start`, `cairn connect`, then real
 * Claude Code against a mock model. What the first session learns, the second one knows.
 *
 *   npm run e2e
 *
 * Needs no account. npx fetches Claude Code the first time.
 */
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { call, listAll } from "../src/cli/api.ts";
import { ROOT } from "../src/cli/installation.ts";
import type { Target } from "../src/cli/target.ts";
import { ObservationSchema } from "../src/contract/items.ts";
import { SessionListSchema } from "../src/contract/sessions.ts";
import { CAIRN, environment, run, temporaryFolder } from "../test/local/cli-command.ts";
import { type LocalServer, untilReady } from "../test/local/local-server.ts";
import { startMockProvider } from "../test/support/mock-provider/server.ts";
import { claudeTurn, installClaudeCode, type Turn } from "./claude-code.ts";
import { Report } from "./report.ts";

const PROJECT = "github.com/acme/greeter";
/** What the agent says at the end of its first turn: to be found in the memory. */
const CLOSING =
  "The greeting is printed by greet.sh now. I decided to keep the quokka banner, because the " +
  "release notes mention it. Next: translate the banner.";
const TELLING_WORD = "quokka";
const PROMPT = "Print the greeting and look at the missing file";
/** Of a turn: the prompt, two calls, the closing message as the agent says it, and its Stop. */
const EVENTS_OF_TURN = 5;
const COMMANDS = ["echo hello from greet.sh", "cat does-not-exist.txt"];
/** A turn without anybody to answer takes as long as with: nothing is waited for. */
const SETTLE_MS = 20_000;

/** Words of troubles that Claude Code or a shell would show. */
const TROUBLE = /hook[^"]*(?:failed|error|problem)|ECONNREFUSED|command not found|curl: \(/i;

const report = new Report();
const home = temporaryFolder("e2e");
const env = environment(home);

/** `npm start` in this clone, with a state of its own. */
function npmStart(port: string): Promise<LocalServer> {
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const child = spawn(npm, ["start"], {
    cwd: ROOT,
    env: { ...env, PORT: port },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return untilReady(child, env.CAIRN_STATE ?? "");
}

/** All observations of the project, those that only say what was done among them. */
function listLearnt(target: Target) {
  return listAll(target, "observations", ObservationSchema, { project: PROJECT, activity: "1" });
}

/** A clone of the one repository, as a machine of the team would have it. */
async function clone(name: string, remote: string): Promise<string> {
  const folder = join(home, name, "greeter");
  mkdirSync(folder, { recursive: true });
  const commands = [
    "git init -q -b main",
    `git remote add origin '${remote}'`,
    "git -c user.name=Dev -c user.email=dev@example.com commit -q --allow-empty -m start",
  ];
  const result = await run("sh", ["-ec", commands.join("\n")], { cwd: folder, env });
  if (result.code !== 0) throw new Error(result.stderr);
  return folder;
}

async function cairn(cwd: string, ...args: string[]): Promise<string> {
  const result = await run(CAIRN, args, { cwd, env });
  report.note(`$ cairn ${args.join(" ")}\n${result.stdout}${result.stderr}`);
  if (result.code !== 0) throw new Error(`cairn ${args[0]} ended with ${result.code}`);
  return result.stdout;
}

function checkTurn(turn: Turn, name: string): void {
  report.note(`> ${PROMPT}\n${turn.result}   (${turn.milliseconds} ms)`);
  report.check(`${name}: the agent's turn ends well`, turn.code === 0 && turn.result !== "");
  const troubles = turn.output.split("\n").filter((line) => TROUBLE.test(line));
  report.check(
    `${name}: no error line anywhere`,
    turn.hookTroubles.length === 0 && troubles.length === 0,
    [...turn.hookTroubles, ...troubles].join("\n"),
  );
}

/** Waits for a state that comes by itself. */
async function eventually<T>(probe: () => Promise<T | null>): Promise<T | null> {
  const end = Date.now() + SETTLE_MS;
  for (;;) {
    const found = await probe();
    if (found !== null || Date.now() > end) return found;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** A model takes its time; hooks in the background have it to get away. */
const MODEL_MS = 300;
const mock = await startMockProvider({
  commands: COMMANDS,
  closing: CLOSING,
  script: () => ({ kind: "slow", ms: MODEL_MS }),
});
let server: LocalServer | null = null;
try {
  report.step("A new user: the server, and Claude Code connected to it");
  const claude = installClaudeCode();
  server = await npmStart("0");
  report.note(`$ npm start\n${server.output()}`);
  const target = { url: server.url, key: server.key };
  const firstClone = await clone("laptop", "git@github.com:acme/greeter.git");
  const secondClone = await clone("desktop", "https://github.com/Acme/greeter");
  await cairn(home, "connect", "claude-code");
  const turn = (cwd: string) => claudeTurn(claude, PROMPT, { home, cwd, modelUrl: mock.url });

  report.step("The first session: a prompt, a tool call, a failing one, a stop");
  checkTurn(await turn(firstClone), "first session");

  const sessionsOf = (project: string) =>
    call(target, "sessions", SessionListSchema, { query: { project } });
  const settled = await eventually(async () => {
    const [session] = (await sessionsOf(PROJECT)).items;
    if (session === undefined || !session.live) return null;
    const { done, skipped, pending, leased } = session.events;
    return pending + leased === 0 && done + skipped >= EVENTS_OF_TURN ? session : null;
  });
  report.check("it is processed without being asked to", settled !== null);
  if (settled !== null) {
    report.note(`${settled.session}: ${JSON.stringify(settled.events)}, ${settled.provider}`);
    const { done, skipped, dead } = settled.events;
    report.check(
      "prompt, tool call, failure, closing message and stop are stored, each once",
      done + skipped === EVENTS_OF_TURN && dead === 0,
    );
  }
  const observations = await listLearnt(target);
  for (const { type, title, sources } of observations) {
    report.note(`${type}: ${title}  [${sources.join(", ")}]`);
  }
  const sources = observations.flatMap((observation) => observation.sources);
  const keys = new Set(sources.map((source) => source.split(":")[0]));
  report.check(
    "a decision was learnt, and every call can be traced",
    observations.some(({ type }) => type === "decision") && keys.has("tool"),
  );
  const found = await cairn(firstClone, "search", TELLING_WORD);
  report.check("a person finds it", found.toLowerCase().includes(TELLING_WORD));

  report.step("The second session, in another clone: its first request carries the memory");
  const before = mock.requests().length;
  checkTurn(await turn(secondClone), "second session");
  const first = mock.requests()[before]?.body;
  const text = JSON.stringify(first?.messages ?? []);
  report.check(
    "the first model request has the memory of the first session",
    text.includes(TELLING_WORD),
  );
  await cairn(secondClone, "context");

  report.step("Paused: nothing is sent");
  const names = async () => (await sessionsOf(PROJECT)).items.map((item) => item.session);
  const heard = await names();
  await cairn(home, "pause");
  checkTurn(await turn(secondClone), "paused session");
  report.check(
    "the paused session is unknown to the server",
    (await names()).length === heard.length,
  );
  await cairn(home, "resume");

  report.step("Quiet: hooks in the background");
  await cairn(home, "connect", "claude-code", "--quiet");
  checkTurn(await turn(secondClone), "quiet session");
  const quiet = await eventually(async () => {
    const { items } = await sessionsOf(PROJECT);
    const fresh = items.find((item) => !heard.includes(item.session));
    const counts = fresh?.live === true ? Object.values(fresh.events) : [];
    const stored = counts.reduce((sum, some) => sum + some, 0);
    return stored === EVENTS_OF_TURN ? stored : null;
  });
  report.check("the quiet session is captured whole, the stop included", quiet !== null);

  report.step("The server is down");
  await server.stop();
  checkTurn(await turn(secondClone), "quiet session without a server");
  await cairn(home, "connect", "claude-code");
  const alone = await turn(secondClone);
  report.check(
    "with http hooks the turn still ends well (Claude Code shows a line for each hook)",
    alone.code === 0 && alone.result !== "",
  );

  report.step("The server is back, with all it knew");
  server = await npmStart(new URL(target.url).port);
  const again = await listLearnt(target);
  const known = new Set(again.map((observation) => observation.id));
  report.check(
    "what was learnt is still there",
    observations.every((observation) => known.has(observation.id)),
  );
  const doctor = z.object({ ok: z.boolean(), checks: z.array(z.unknown()) });
  const { ok, checks } = await call(target, "doctor", doctor);
  report.check("the doctor finds nothing wrong", ok, JSON.stringify(checks));
  await cairn(home, "disconnect", "claude-code");
} catch (error) {
  report.check("the run goes to its end", false, (error as Error).stack ?? String(error));
} finally {
  await server?.stop();
  await mock.close();
}
process.exitCode = report.end();
