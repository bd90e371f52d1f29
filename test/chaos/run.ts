/** One run: clients, kills, settling, and the checks at its end. */
import { setTimeout as sleep } from "node:timers/promises";
import { isGroupAlive, killGroup } from "../../src/cli/server/process-group.ts";
import { goneWithin, isAlive } from "../../src/cli/server/process-table.ts";
import { type LocalServer, startServer } from "../local/local-server.ts";
import type { OutcomeKind } from "../support/mock-provider/protocol.ts";
import { startMockProvider } from "../support/mock-provider/server.ts";
import { DEFAULT_MIX, seededRandom } from "../support/mock-provider/trouble.ts";
import { type ApiView, flushAndWait, isSettled, readApiView } from "./api-view.ts";
import { type Ledger, runClient, type Target } from "./client.ts";
import { checkSession, type Violation } from "./invariants.ts";
import { CHAINS, type Kill, Moments, planKills } from "./kill-plan.ts";
import { failedCallsCounter } from "./mock-failures.ts";
import { readRecordings, sessionScripts } from "./recordings.ts";
import { readStoredItems, readStoredSessions } from "./stored-state.ts";

const CLIENTS = 3;
/** Enough that the clients are still at work at the last kill. */
const HOOKS_PER_KILL = 36;
/** Share of the provider's calls that meet trouble. */
const TROUBLE = 0.5;
/** A hanging provider is given up after this. */
const DEADLINE_MS = 2_000;
/** A kill's moment may never come: the server is killed then anyway. */
const MOMENT_AT_MOST_MS = 2_000;
const SETTLE_WITHIN_MS = 300_000;
const SETTLE_SIDE_BY_SIDE = 8;
const GONE_WITHIN_MS = 5_000;

export interface ChaosOptions {
  kills: number;
  seed: number;
  /** Folder of recordings, or one file. */
  data: string;
  /** A provider chain for all starts, or `mixed`: drawn for each. */
  chain: string;
  /** A folder for the server's state, empty. */
  home: string;
  /** 0: any free one, the same after each kill. */
  port: number;
  /** Hooks that the clients have to send per kill. */
  hooksPerKill?: number;
  say(line: string): void;
}

export interface ChaosReport {
  violations: Violation[];
  sessions: number;
  hooks: number;
  /** Posts that got no answer and were repeated. */
  unanswered: number;
  /** Posts of hooks that had been answered before. */
  repeats: number;
  events: ApiView["session"]["events"];
  observations: number;
  summaries: number;
  /** Provider and reason -> observations. */
  authors: Record<string, number>;
  outcomes: Partial<Record<OutcomeKind, number>>;
  moments: Record<string, number>;
  seconds: number;
}

export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const startedAt = Date.now();
  const { seed, say } = options;
  const kills = planKills(options.kills, options.chain, seededRandom(seed));
  const recordings = readRecordings(options.data);
  const hooks = kills.length * (options.hooksPerKill ?? HOOKS_PER_KILL);
  const scripts = sessionScripts(recordings, hooks, CLIENTS, seededRandom(seed + 1));

  const moments = new Moments();
  const mock = await startMockProvider({
    seed,
    trouble: TROUBLE,
    mix: { ...DEFAULT_MIX, hang: 0.5 },
    script: () => {
      moments.saw("provider");
      return null;
    },
  });
  const start = (chain: string, port = options.port) =>
    startServer(options.home, {
      PORT: String(port),
      CAIRN_PROVIDER: chain,
      CAIRN_PROVIDER_DEADLINE_MS: String(DEADLINE_MS),
      ANTHROPIC_API_KEY: "sk-mock",
      ANTHROPIC_BASE_URL: mock.url,
    });
  let server = await start(kills[0]?.chain ?? CHAINS[0] ?? "");
  try {
    const target: Target = { url: server.url, key: server.key };
    say(`${scripts.length} sessions by ${CLIENTS} clients; ${kills.length} kills; seed ${seed}`);
    const clients = Promise.all(
      Array.from({ length: CLIENTS }, (_, client) =>
        runClient(
          target,
          scripts.filter((_script, i) => i % CLIENTS === client),
          seededRandom(seed + 100 + client),
          moments,
        ),
      ),
    );
    clients.catch(() => {});
    for (const [i, kill] of kills.entries()) {
      await moments.wait(kill, MOMENT_AT_MOST_MS);
      await killServer(server);
      moments.restart();
      server = await start(kills[i + 1]?.chain ?? kill.chain, Number(new URL(target.url).port));
      if ((i + 1) % 20 === 0) say(`${i + 1} kills, ${seconds(startedAt)} s`);
    }
    const ledgers = (await clients).flat();
    say(`all is sent after ${seconds(startedAt)} s; waiting for it to be worked off`);
    const views = await settle(target, ledgers);
    await server.stop();
    return report(ledgers, views, server.state, kills, mock, startedAt);
  } finally {
    await server.stop();
    await mock.close();
  }
}

function seconds(since: number): number {
  return Math.round((Date.now() - since) / 1000);
}

/** All processes at once, as when the machine loses power. */
async function killServer(server: LocalServer): Promise<void> {
  const { pid, runtimePid } = server.pids();
  killGroup(runtimePid);
  if (isAlive(pid)) process.kill(pid, "SIGKILL");
  await goneWithin(() => isGroupAlive(runtimePid), GONE_WITHIN_MS);
  await server.ended;
}

/** Flushes until nothing waits and all are closed, or the time is over; then reads all sessions. */
async function settle(target: Target, ledgers: Ledger[]): Promise<Map<string, ApiView>> {
  const views = new Map<string, ApiView>();
  const endAt = Date.now() + SETTLE_WITHIN_MS;
  const queue = ledgers.map((ledger) => ledger.script.path);
  const worker = async () => {
    for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
      for (;;) {
        const view = await flushAndWait(target, path);
        if ((isSettled(view) && view.state === "closed") || Date.now() > endAt) break;
        await sleep(100);
      }
      views.set(path, await readApiView(target, path));
    }
  };
  await Promise.all(Array.from({ length: SETTLE_SIDE_BY_SIDE }, worker));
  return views;
}

function report(
  ledgers: Ledger[],
  views: Map<string, ApiView>,
  state: string,
  kills: Kill[],
  mock: Awaited<ReturnType<typeof startMockProvider>>,
  startedAt: number,
): ChaosReport {
  const stored = new Map(readStoredSessions(state).map((session) => [session.path, session]));
  const items = readStoredItems(state);
  const failedCalls = failedCallsCounter(mock.requests());
  const violations: Violation[] = [];
  const events = { pending: 0, leased: 0, done: 0, skipped: 0, dead: 0 };
  const authors: Record<string, number> = {};
  let summaries = 0;
  for (const ledger of ledgers) {
    const { path } = ledger.script;
    const api = views.get(path);
    if (api === undefined) continue;
    const own = items.filter((item) => item.session === path);
    violations.push(
      ...checkSession({ ledger, api, stored: stored.get(path), items: own, failedCalls }),
    );
    for (const name of Object.keys(events) as (keyof typeof events)[]) {
      events[name] += api.session.events[name];
    }
    for (const { provider, degraded } of api.observations) {
      const author = [provider, degraded].filter((part) => part !== null).join(", ");
      authors[author] = (authors[author] ?? 0) + 1;
    }
    summaries += api.summaries.length;
  }
  const sent = ledgers.flatMap((ledger) => ledger.sent);
  const moments: Record<string, number> = {};
  for (const kill of kills) moments[kill.moment] = (moments[kill.moment] ?? 0) + 1;
  return {
    violations,
    sessions: ledgers.length,
    hooks: sent.length,
    unanswered: sent.reduce((sum, one) => sum + one.unanswered, 0),
    repeats: sent.reduce((sum, one) => sum + one.answers.length - 1, 0),
    events,
    observations: Object.values(authors).reduce((sum, n) => sum + n, 0),
    summaries,
    authors,
    outcomes: mock.stats().outcomes,
    moments,
    seconds: seconds(startedAt),
  };
}
