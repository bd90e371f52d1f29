/**
 * `npm run bench:backfill [-- --items 100000 --port 8951]`: an old project of that size is opened by today's
 * code, and its backfill runs. How long the migration takes (inside somebody's request), how long a
 * slice takes and what it writes, and what other calls of the same object notice meanwhile. Times
 * are those of a client on this machine; `nothing` is what a call that does nothing takes.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startOneObject } from "../one-object-server.ts";
import { OBSERVATIONS_PER_DELIVERY, START_MS } from "../search/corpus.ts";

const { values: options } = parseArgs({
  options: {
    items: { type: "string", default: "100000" },
    port: { type: "string", default: "8951" },
  },
});
const ITEMS = Number(options.items);
const ITEMS_PER_DELIVERY = OBSERVATIONS_PER_DELIVERY + 1;
const DELIVERIES_PER_CALL = 200;
const POLL_MS = 20;
const NOW = START_MS + 100 * 86_400_000;

const folder = mkdtempSync(join(tmpdir(), "cairn-bench-backfill-"));
const runtime = await startOneObject(folder, {
  entry: join(import.meta.dirname, "worker.js"),
  binding: "PROJECTS",
  className: "MeasuredProject",
  port: Number(options.port),
});

async function call<T>(path: string, parameters: Record<string, number> = {}): Promise<T> {
  const query = new URLSearchParams(
    Object.entries(parameters).map(([name, value]) => [name, String(value)]),
  );
  const response = await fetch(`http://127.0.0.1:${options.port}/${path}?${query}`);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function times(all: number[]): string {
  const sorted = all.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
  return [0.5, 0.95, 1].map((share) => at(share).toFixed(1)).join(" / ");
}

interface Inspection {
  backfills: { doneTo: number }[];
}
const doneTo = async () => (await call<Inspection>("inspect")).backfills[0]?.doneTo ?? null;

/** Calls of `context`, one after another, until `isOver` says so. */
async function contexts(isOver: () => boolean | Promise<boolean>): Promise<number[]> {
  const all: number[] = [];
  while (!(await isOver())) {
    all.push(await timed(() => call("context", { now: NOW })));
    await sleep(POLL_MS);
  }
  return all;
}

try {
  const deliveries = Math.ceil(ITEMS / ITEMS_PER_DELIVERY);
  let items = 0;
  for (let first = 1; first <= deliveries; first += DELIVERIES_PER_CALL) {
    const last = Math.min(deliveries, first + DELIVERIES_PER_CALL - 1);
    items = await call<number>("fill", { first, last });
  }
  await call("index");
  const nothing: number[] = [];
  while (nothing.length < 100) nothing.push(await timed(() => call("nothing")));
  await call("written");
  const migration = await timed(() => call("inspect"));
  const migrationRows = await call<number>("written");

  // The first half by hand, slice by slice; each one puts the alarm off.
  const slices: number[] = [];
  let at = 0;
  while (at < items / 2) {
    slices.push(await timed(() => call("slice")));
    at = (await doneTo()) ?? items;
  }
  const sliceRows = await call<number>("written");

  // The second half by its alarm, while an agent asks for its context again and again.
  const began = performance.now();
  const meanwhile = await contexts(async () => (await doneTo()) === null);
  const seconds = (performance.now() - began) / 1000;
  let left = meanwhile.length;
  const afterwards = await contexts(() => left-- === 0);
  const rest = await call<number>("written");

  console.log(`
${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model}
${items} items, ms are p50 / p95 / most

| figure | value |
|---|---|
| a call that does nothing, ms | ${times(nothing)} |
| the call that migrates, ms; rows written | ${migration.toFixed(1)}; ${migrationRows} |
| a slice, ms | ${times(slices)} |
| rows written per slice; per item | ${(sliceRows / slices.length).toFixed(1)}; ${(sliceRows / at).toFixed(3)} |
| second half by its alarm, s; rows per item | ${seconds.toFixed(1)}; ${(rest / (items - at)).toFixed(3)} |
| context meanwhile, ms | ${times(meanwhile)} |
| context afterwards, ms | ${times(afterwards)} |`);
} finally {
  await runtime.stop();
  rmSync(folder, { recursive: true, force: true });
}
