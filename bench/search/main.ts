/**
 * `npm run bench:search [-- --sizes 1000,10000,100000 --port 8950 --queries 60]`: how long search,
 * context and timeline take as a project grows, beside one plain FTS5 query of the same words in
 * the same run, on the runtime that `npm start` uses. Times are those of a client on this machine;
 * `nothing` is what a call that does nothing takes.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startOneObject } from "../one-object-server.ts";
import { questions, START_MS } from "./corpus.ts";

const { values: options } = parseArgs({
  options: {
    sizes: { type: "string", default: "1000,10000,100000" },
    port: { type: "string", default: "8950" },
    queries: { type: "string", default: "60" },
  },
});

const SMALL_PROJECTS = 50;
const SMALL_PROJECT_OBSERVATIONS = 500;
/** Numbers of the small projects begin here. */
const FIRST_SMALL = 1000;
const DAY_MS = 86_400_000;
const NOW = START_MS + 100 * DAY_MS;

const url = `http://127.0.0.1:${options.port}`;

async function call(path: string, parameters: Record<string, string | number> = {}) {
  const query = new URLSearchParams({ now: String(NOW) });
  for (const [name, value] of Object.entries(parameters)) query.set(name, String(value));
  const response = await fetch(`${url}/${path}?${query}`);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as unknown;
}

async function fill(project: number, observations: number): Promise<void> {
  for (let there = 0; there < observations; ) {
    there = Number(await call(`fill/${project}`, { count: observations }));
  }
}

interface Times {
  p50: number;
  p95: number;
}

/** Calls take turns, so that a busy moment of the machine meets all of them. */
async function measure(calls: Record<string, (question: string) => Promise<unknown>>) {
  const asked = questions(Number(options.queries));
  const times = new Map(Object.keys(calls).map((name) => [name, [] as number[]]));
  for (const question of ["warm up", ...asked]) {
    for (const [name, run] of Object.entries(calls)) {
      const began = performance.now();
      await run(question);
      if (question !== "warm up") times.get(name)?.push(performance.now() - began);
    }
  }
  const result: Record<string, Times> = {};
  for (const [name, all] of times) {
    all.sort((a, b) => a - b);
    const at = (share: number) => all[Math.floor(all.length * share)] ?? Number.NaN;
    result[name] = { p50: at(0.5), p95: at(0.95) };
  }
  return result;
}

function report(title: string, times: Record<string, Times>): void {
  const cells = Object.entries(times).map(
    ([name, { p50, p95 }]) => `${name} ${p50.toFixed(1)} / ${p95.toFixed(1)}`,
  );
  console.log(`${title.padEnd(24)} ${cells.join("   ")}`);
}

const folder = mkdtempSync(join(tmpdir(), "cairn-bench-search-"));
const runtime = await startOneObject(folder, {
  entry: join(import.meta.dirname, "worker.js"),
  binding: "PROJECTS",
  className: "MeasuredProject",
  port: Number(options.port),
});
try {
  console.log("p50 / p95 in ms");
  let before: Record<string, Times> | null = null;
  for (const [index, size] of options.sizes.split(",").map(Number).entries()) {
    const project = index + 1;
    const began = performance.now();
    await fill(project, size);
    const perObservation = (performance.now() - began) / size;
    const times = await measure({
      nothing: () => call(`nothing/${project}`),
      plain: (q) => call(`plain/${project}`, { q }),
      search: (q) => call(`search/${project}`, { q }),
      context: () => call(`context/${project}`),
      timeline: () => call(`timeline/${project}`, { count: Math.floor(size / 2) }),
    });
    report(`${size} observations`, times);
    const growth = Object.entries(times).map(
      ([name, { p50 }]) => `${name} ${(p50 / (before?.[name]?.p50 ?? p50)).toFixed(1)}`,
    );
    if (before !== null) console.log(`${"".padEnd(24)} growth: ${growth.join(", ")} times`);
    const ratio = (times.search?.p50 ?? 0) / (times.plain?.p50 ?? 1);
    console.log(
      `${"".padEnd(24)} search / plain ${ratio.toFixed(2)}; delivered in ${perObservation.toFixed(2)} ms each`,
    );
    before = times;
  }
  for (let i = 0; i < SMALL_PROJECTS; i++) await fill(FIRST_SMALL + i, SMALL_PROJECT_OBSERVATIONS);
  report(
    `${SMALL_PROJECTS} projects of ${SMALL_PROJECT_OBSERVATIONS}`,
    await measure({
      everywhere: (q) => call(`everywhere/${FIRST_SMALL}`, { q, count: SMALL_PROJECTS }),
      one: (q) => call(`search/${FIRST_SMALL}`, { q }),
    }),
  );
} finally {
  await runtime.stop();
  rmSync(folder, { recursive: true, force: true });
}
