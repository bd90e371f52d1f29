/**
 * Latency and throughput of the hook endpoint on `npm start`'s runtime, beside a bare Worker that
 * puts one row into an object, in the same run on the same machine.
 *
 *   npm run bench:ingest -- [--seconds 8] [--rounds 3] [--port 9340]
 *     [--against <clone>]… [--plain] [--claude-mem http://127.0.0.1:37777]
 *
 * The load generator shares the processors with the servers: on a busy machine compare the CPU
 * column, which counts the observing that follows as well. `--against` also measures the server of
 * another clone by turns with this one, e.g. of the release before; `--plain` the same Worker on
 * `workerd` without Miniflare; `--claude-mem` the worker of claude-mem that runs at that address.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { load, type Measured, type Post } from "./load.ts";
import { toolEvent } from "./payloads.ts";
import { cpuMs, type Server, startBare, startCairn, startPlain } from "./servers.ts";

const CONNECTIONS = [1, 16];
const WARM_UP_MS = 2_000;
const SETTLE_TIMEOUT_MS = 30_000;
/** A server that used less than so much processor time in such a while has nothing due. */
const QUIET_MS = 500;
const QUIET_CPU_MS = 20;
const OBJECTS = 64;

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "8" },
    rounds: { type: "string", default: "3" },
    port: { type: "string", default: "9340" },
    against: { type: "string", multiple: true, default: [] },
    plain: { type: "boolean", default: false },
    "claude-mem": { type: "string" },
  },
});
const durationMs = Number(values.seconds) * 1_000;
const rounds = Number(values.rounds);
const port = Number(values.port);

/** Something to post to. `run` makes the events of each round new ones. */
interface Subject {
  name: string;
  url: string;
  /** The server's process; null where it is not ours. */
  pid: number | null;
  post(run: string, n: number): Post;
}

/** Waits until the server has worked off what is due, so that it does not weigh on the next round. */
async function settle(subject: Subject): Promise<void> {
  if (subject.pid === null) return;
  const end = Date.now() + SETTLE_TIMEOUT_MS;
  let before = cpuMs(subject.pid);
  while (Date.now() < end) {
    await sleep(QUIET_MS);
    const now = cpuMs(subject.pid);
    if (!(now - before > QUIET_CPU_MS)) return;
    before = now;
  }
}

function cairnSubject(name: string, server: Server): Subject {
  const headers = { authorization: `Bearer ${server.key}` };
  return {
    name,
    url: server.url,
    pid: server.pid,
    post: (run, n) => ({
      path: "/hooks/claude-code",
      headers,
      body: JSON.stringify(toolEvent(run, n)),
    }),
  };
}

function bareSubject(server: Server): Subject {
  return {
    name: "bare Worker",
    url: server.url,
    pid: server.pid,
    post: (run, n) => ({
      path: `/${n % OBJECTS}`,
      headers: {},
      body: JSON.stringify(toolEvent(run, n)),
    }),
  };
}

function claudeMemSubject(url: string): Subject {
  return {
    name: "claude-mem",
    url,
    pid: null,
    post: (run, n) => {
      const event = toolEvent(run, n) as Record<string, unknown>;
      const body = JSON.stringify({ ...event, contentSessionId: event.session_id });
      return { path: "/api/sessions/observations", headers: {}, body };
    },
  };
}

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

/** The rounds of one subject at one number of connections, as one row: medians. */
interface Row {
  subject: string;
  /** Processor time of the server per request, the work that follows included; ms. */
  cpu: number;
  connections: number;
  p50: number;
  p99: number;
  perSecond: number;
  requests: number;
  failures: number;
}

/** A measurement with the processor time that the server used for it, in ms. */
type Costed = Measured & { cpu: number };

function row(subject: string, connections: number, measured: Costed[]): Row {
  return {
    subject,
    cpu: median(measured.map((one) => one.cpu / one.requests)),
    connections,
    p50: median(measured.map((one) => one.p50)),
    p99: median(measured.map((one) => one.p99)),
    perSecond: median(measured.map((one) => one.perSecond)),
    requests: measured.reduce((sum, one) => sum + one.requests, 0),
    failures: measured.reduce((sum, one) => sum + one.failures, 0),
  };
}

function table(rows: Row[]): string {
  const lines = [
    "| server | connections | p50 ms | p99 ms | requests/s | p50 / bare | CPU ms | requests | failed |",
    "|---|---|---|---|---|---|---|---|---|",
  ];
  for (const one of rows) {
    const bare = rows.find(
      (other) => other.subject === "bare Worker" && other.connections === one.connections,
    );
    const ratio = bare === undefined ? Number.NaN : one.p50 / bare.p50;
    lines.push(
      `| ${one.subject} | ${one.connections} | ${one.p50.toFixed(2)} | ${one.p99.toFixed(2)} | ` +
        `${one.perSecond.toFixed(0)} | ${ratio.toFixed(2)} | ${one.cpu.toFixed(2)} | ${one.requests} | ${one.failures} |`,
    );
  }
  return lines.join("\n");
}

const folder = mkdtempSync(join(tmpdir(), "cairn-bench-ingest-"));
const servers: Server[] = [];
try {
  const cairn = await startCairn(folder, port);
  servers.push(cairn);
  const bare = await startBare(folder, port + 1);
  servers.push(bare);
  const subjects = [bareSubject(bare), cairnSubject("cairn", cairn)];
  for (const [index, clone] of values.against.entries()) {
    const own = join(folder, `against-${index}`);
    const command = join(resolve(clone), "bin", "cairn.js");
    const other = await startCairn(own, port + 2 + index, command);
    servers.push(other);
    subjects.push(cairnSubject(basename(resolve(clone)), other));
  }
  if (values.plain) {
    const plain = await startPlain(folder);
    servers.push(plain);
    subjects.push(cairnSubject("plain workerd", plain));
  }
  const claudeMem = values["claude-mem"];
  if (claudeMem !== undefined) subjects.push(claudeMemSubject(claudeMem));

  const rows: Row[] = [];
  for (const subject of subjects) {
    await load(subject.url, 4, WARM_UP_MS, (n) => subject.post("warm", n));
    await settle(subject);
  }
  for (const connections of CONNECTIONS) {
    const measured = new Map<string, Costed[]>();
    // By turns, so that what else the machine does meets all of them; each time another one begins.
    for (let round = 1; round <= rounds; round += 1) {
      const first = round % subjects.length;
      for (const subject of [...subjects.slice(first), ...subjects.slice(0, first)]) {
        const run = `c${connections}r${round}`;
        const cpuBefore = subject.pid === null ? Number.NaN : cpuMs(subject.pid);
        const result = await load(subject.url, connections, durationMs, (n) =>
          subject.post(run, n),
        );
        await settle(subject);
        const cpu = subject.pid === null ? Number.NaN : cpuMs(subject.pid) - cpuBefore;
        const all = measured.get(subject.name) ?? [];
        measured.set(subject.name, [...all, { ...result, cpu }]);
      }
    }
    for (const [name, results] of measured) rows.push(row(name, connections, results));
  }
  const date = new Date().toISOString().slice(0, 10);
  console.log(`\n${date}, Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model}`);
  console.log(`medians of ${rounds} rounds of ${values.seconds} s, events of 2 to 5 KB\n`);
  console.log(table(rows));
  if (rows.some((one) => one.failures > 0)) process.exitCode = 1;
} finally {
  for (const server of servers) await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
