/**
 * The main job, tried as a new user would: the server by `npm start`, `cairn connect`, then real
 * Claude Code against a mock model. What the first session learns, the second one knows.
 *
 *   npm run e2e
 *
 * Needs no account. npx fetches Claude Code the first time.
 */
import { z } from "zod";
import { call, listAll } from "../src/cli/api.ts";
import type { Target } from "../src/cli/target.ts";
import { ObservationSchema } from "../src/contract/items.ts";
import { SessionListSchema } from "../src/contract/sessions.ts";
import type { LocalServer } from "../test/local/local-server.ts";
import { startMockProvider } from "../test/support/mock-provider/server.ts";
import { claudeTurn, installClaudeCode, type Turn } from "./claude-code.ts";
import { World } from "./world.ts";

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
/** Words of troubles that Claude Code or a shell would show. */
const TROUBLE = /hook[^"]*(?:failed|error|problem)|ECONNREFUSED|command not found|curl: \(/i;

const world = new World();
const { report, home } = world;

/** All observations of the project, those that only say what was done among them. */
function listLearnt(target: Target) {
  return listAll(target, "observations", ObservationSchema, { project: PROJECT, activity: "1" });
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
  server = await world.start("0");
  report.note(`$ npm start\n${server.output()}`);
  const target = { url: server.url, key: server.key };
  const firstClone = await world.clone("laptop", "git@github.com:acme/greeter.git");
  const secondClone = await world.clone("desktop", "https://github.com/Acme/greeter");
  await world.cairn(home, "connect", "claude-code");
  const turn = (cwd: string) => claudeTurn(claude, PROMPT, { home, cwd, modelUrl: mock.url });

  report.step("The first session: a prompt, a tool call, a failing one, a stop");
  checkTurn(await turn(firstClone), "first session");

  const sessionsOf = (project: string) =>
    call(target, "sessions", SessionListSchema, { query: { project } });
  const settled = await world.eventually(async () => {
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
  const found = await world.cairn(firstClone, "search", TELLING_WORD);
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
  await world.cairn(secondClone, "context");

  report.step("Paused: nothing is sent");
  const names = async () => (await sessionsOf(PROJECT)).items.map((item) => item.session);
  const heard = await names();
  await world.cairn(home, "pause");
  checkTurn(await turn(secondClone), "paused session");
  report.check(
    "the paused session is unknown to the server",
    (await names()).length === heard.length,
  );
  await world.cairn(home, "resume");

  report.step("Quiet: hooks in the background");
  await world.cairn(home, "connect", "claude-code", "--quiet");
  checkTurn(await turn(secondClone), "quiet session");
  const quiet = await world.eventually(async () => {
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
  await world.cairn(home, "connect", "claude-code");
  const alone = await turn(secondClone);
  report.check(
    "with http hooks the turn still ends well (Claude Code shows a line for each hook)",
    alone.code === 0 && alone.result !== "",
  );

  report.step("The server is back, with all it knew");
  server = await world.start(new URL(target.url).port);
  const again = await listLearnt(target);
  const known = new Set(again.map((observation) => observation.id));
  report.check(
    "what was learnt is still there",
    observations.every((observation) => known.has(observation.id)),
  );
  const doctor = z.object({ ok: z.boolean(), checks: z.array(z.unknown()) });
  const { ok, checks } = await call(target, "doctor", doctor);
  report.check("the doctor finds nothing wrong", ok, JSON.stringify(checks));
  await world.cairn(home, "disconnect", "claude-code");
} catch (error) {
  report.check("the run goes to its end", false, (error as Error).stack ?? String(error));
} finally {
  await server?.stop();
  await mock.close();
}
process.exitCode = report.end();
