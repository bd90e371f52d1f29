/**
 * Many sessions in one local server with the embedded provider: the runtime's resident memory,
 * whether all is worked off, and how long it takes.
 *
 *   npm run bench:scale -- [--sessions 2000] [--events 50] [--at-once 100] [--port 9420]
 *
 * So many sessions are at work at once, each with one hook at a time; the others are over or still
 * to come. With `--at-once 2000` all of them are in memory together, which none of the real ones are.
 * Linux only: memory is read from /proc. Exit code 1 where a session is not worked off or the
 * memory passes its bar.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startCairn } from "../ingest/servers.ts";
import { sessionHooks } from "./session-hooks.ts";

const MEMORY_BAR_MB = 600;
const SAMPLE_MS = 250;
const PROJECTS = 20;
const SETTLE_WITHIN_MS = 600_000;

const { values } = parseArgs({
  options: {
    sessions: { type: "string", default: "2000" },
    events: { type: "string", default: "50" },
    "at-once": { type: "string", default: "100" },
    port: { type: "string", default: "9420" },
  },
});
const sessions = Number(values.sessions);
const events = Number(values.events);
const atOnce = Number(values["at-once"]);

/** Resident memory of a process, MB: now, and the most it ever was. */
function memory(pid: number): { now: number; most: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const field = (name: string) =>
    Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024;
  return { now: field("VmRSS"), most: field("VmHWM") };
}

interface Counts {
  pending: number;
  leased: number;
  done: number;
  skipped: number;
  dead: number;
}

const folder = mkdtempSync(`${tmpdir()}/cairn-bench-scale-`);
const server = await startCairn(folder, Number(values.port));
const headers = { authorization: `Bearer ${server.key}`, "content-type": "application/json" };
const samples: number[] = [];
const sampler = setInterval(() => samples.push(memory(server.pid).now), SAMPLE_MS);

/** Runs `work` for the numbers from 0, `atOnce` of them side by side. */
async function sideBySide(count: number, work: (n: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let n = next++; n < count; n = next++) await work(n);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

async function post(session: number, payload: object): Promise<void> {
  const response = await fetch(`${server.url}/hooks/claude-code`, {
    method: "POST",
    headers: { ...headers, "x-cairn-project": `github.com/scale/app-${session % PROJECTS}` },
    body: JSON.stringify(payload),
  });
  await response.body?.cancel();
  if (response.status !== 200) throw new Error(`a hook was answered with ${response.status}`);
}

async function eventsOf(session: number): Promise<{ state: string; events: Counts }> {
  const url = `${server.url}/v1/sessions/claude-code/scale-${session}`;
  return (await (await fetch(url, { headers })).json()) as { state: string; events: Counts };
}

try {
  console.log(`memory at the start: ${memory(server.pid).now.toFixed(0)} MB`);
  const startedAt = performance.now();
  const hooks = sessionHooks(0, events).length;
  let begun = 0;
  await sideBySide(sessions, async (session) => {
    begun += 1;
    if (begun % 200 === 0) {
      const passed = ((performance.now() - startedAt) / 1000).toFixed(0);
      console.log(`session ${begun}, ${passed} s, ${memory(server.pid).now.toFixed(0)} MB`);
    }
    for (const payload of sessionHooks(session, events)) await post(session, payload);
  });
  const sentAt = performance.now();
  // Asking all sessions below wakes all of them, which is a load of its own.
  const { most } = memory(server.pid);
  const total: Counts = { pending: 0, leased: 0, done: 0, skipped: 0, dead: 0 };
  let unfinished = 0;
  await sideBySide(sessions, async (session) => {
    let view = await eventsOf(session);
    const endAt = sentAt + SETTLE_WITHIN_MS;
    while (view.state !== "closed" && performance.now() < endAt) {
      await sleep(200);
      view = await eventsOf(session);
    }
    for (const name of Object.keys(total) as (keyof Counts)[]) total[name] += view.events[name];
    if (view.state !== "closed" || view.events.done + view.events.skipped !== events) {
      unfinished += 1;
    }
  });
  const doneAt = performance.now();
  const mostAsked = memory(server.pid).most;
  await sleep(15_000);
  const rest = memory(server.pid).now;
  const mean = samples.reduce((sum, one) => sum + one, 0) / samples.length;
  const posts = sessions * hooks;
  const seconds = (from: number, to: number) => ((to - from) / 1000).toFixed(1);
  console.log(`
${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model}
${sessions} sessions × ${events} events, ${atOnce} sessions at once, ${PROJECTS} projects, extractive provider

| figure | value |
|---|---|
| resident memory of the runtime, most while they work | ${most.toFixed(0)} MB (bar: ${MEMORY_BAR_MB} MB) |
| … once all are asked how they are, all awake | ${mostAsked.toFixed(0)} MB |
| … mean, 15 s after the end | ${mean.toFixed(0)} MB, ${rest.toFixed(0)} MB |
| hooks | ${posts} in ${seconds(startedAt, sentAt)} s: ${(posts / Number(seconds(startedAt, sentAt))).toFixed(0)}/s |
| all sessions closed after another | ${seconds(sentAt, doneAt)} s |
| events | ${JSON.stringify(total)} |
| sessions not worked off | ${unfinished} |`);
  if (unfinished > 0 || most > MEMORY_BAR_MB) process.exitCode = 1;
} finally {
  clearInterval(sampler);
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
