/**
 * `npm run bench:search [-- --sizes 1000,10000,100000 --port 8950 --queries 60 --before <clone>]`: how
 * long search, context and timeline take as a project grows, beside one plain FTS5 query of the same
 * words in the same run, on the runtime that `npm start` uses. Times are those of a client on this
 * machine, after the code is warm; `nothing` is what a call that does nothing takes. With the folder
 * of another clone (`git worktree add … <commit>`), that one's code is measured in the same run, call
 * by call in turn.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { ProcessGroup } from "../../src/cli/server/process-group.ts";
import { startOneObject } from "../one-object-server.ts";
import { questions, START_MS } from "./corpus.ts";

const { values: options } = parseArgs({
  options: {
    sizes: { type: "string", default: "1000,10000,100000" },
    port: { type: "string", default: "8950" },
    queries: { type: "string", default: "60" },
    before: { type: "string" },
  },
});

const SMALL_PROJECTS = 50;
const SMALL_PROJECT_OBSERVATIONS = 500;
/** Numbers of the small projects begin here. */
const FIRST_SMALL = 1000;
/** Calls of each kind before the first that counts: by then the runtime has compiled the code. */
const WARM_UP = 40;
const DAY_MS = 86_400_000;
const NOW = START_MS + 100 * DAY_MS;

type Parameters = Record<string, string | number | readonly string[]>;

/** One clone's code in a runtime of its own. */
class Measured {
  readonly name: string;
  readonly #url: string;
  readonly #runtime: ProcessGroup;

  private constructor(name: string, port: number, runtime: ProcessGroup) {
    this.name = name;
    this.#url = `http://127.0.0.1:${port}`;
    this.#runtime = runtime;
  }

  static async start(name: string, folder: string, port: number, clone?: string) {
    const runtime = await startOneObject(join(folder, name === "" ? "now" : name), {
      entry: join(import.meta.dirname, "worker.js"),
      binding: "PROJECTS",
      className: "MeasuredProject",
      port,
      ...(clone === undefined ? {} : { clone }),
    });
    return new Measured(name, port, runtime);
  }

  async call(path: string, parameters: Parameters = {}): Promise<unknown> {
    const query = new URLSearchParams({ now: String(NOW) });
    for (const [name, value] of Object.entries(parameters)) {
      for (const one of Array.isArray(value) ? value : [value]) query.append(name, String(one));
    }
    const response = await fetch(`${this.#url}/${path}?${query}`);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as unknown;
  }

  async fill(project: number, observations: number): Promise<void> {
    for (let there = 0; there < observations; ) {
      there = Number(await this.call(`fill/${project}`, { count: observations }));
    }
  }

  async stop(): Promise<void> {
    await this.#runtime.stop();
  }
}

interface Times {
  p50: number;
  p95: number;
}

type Calls = Record<string, (question: string, next: string) => Promise<unknown>>;

/** Calls take turns, so that a busy moment of the machine meets all of them. */
async function measure(calls: Calls): Promise<Record<string, Times>> {
  const asked = questions(WARM_UP + Number(options.queries) + 1);
  const times = new Map(Object.keys(calls).map((name) => [name, [] as number[]]));
  for (const [index, question] of asked.slice(0, -1).entries()) {
    for (const [name, run] of Object.entries(calls)) {
      const began = performance.now();
      await run(question, asked[index + 1] ?? "");
      if (index >= WARM_UP) times.get(name)?.push(performance.now() - began);
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

/** How many times as long as another call one takes, by their p50. */
function ratios(times: Record<string, Times>, pairs: [string, string][]): void {
  const cells = pairs.flatMap(([name, other]) => {
    const [a, b] = [times[name], times[other]];
    return a === undefined || b === undefined
      ? []
      : [`${name} / ${other} ${(a.p50 / b.p50).toFixed(2)}`];
  });
  console.log(`${"".padEnd(24)} ${cells.join(", ")}`);
}

async function reportCost(measured: Measured, project: number): Promise<void> {
  const all: Record<string, number>[] = [];
  for (const q of questions(Number(options.queries))) {
    all.push((await measured.call(`cost/${project}`, { q })) as Record<string, number>);
  }
  const middle = (name: string) =>
    all.map((cost) => cost[name] ?? 0).sort((a, b) => a - b)[Math.floor(all.length / 2)];
  console.log(
    `${"".padEnd(24)} ${measured.name} a search: ${middle("rowsRead")} rows read in ` +
      `${middle("statements")} statements; plain FTS5 scores ${middle("matches")} matches (medians)`,
  );
}

/** The calls of one clone, each named after it. */
function callsOf(measured: Measured, project: number, size: number): Calls {
  const { name } = measured;
  const label = (call: string) => (name === "" ? call : `${call} ${name}`);
  return {
    [label("search")]: (q) => measured.call(`search/${project}`, { q }),
    ...(name === ""
      ? { two: (q, next) => measured.call(`search/${project}`, { q: [q, next] }) }
      : {}),
    [label("context")]: () => measured.call(`context/${project}`),
    [label("prompt")]: (q) => measured.call(`prompt/${project}`, { q }),
    [label("timeline")]: () =>
      measured.call(`timeline/${project}`, { count: Math.floor(size / 2) }),
  };
}

const folder = mkdtempSync(join(tmpdir(), "cairn-bench-search-"));
const port = Number(options.port);
const now = await Measured.start("", folder, port);
const before =
  options.before === undefined
    ? null
    : await Measured.start("before", folder, port + 1, resolve(options.before));
const both = before === null ? [now] : [now, before];
try {
  console.log("p50 / p95 in ms");
  for (const [index, size] of options.sizes.split(",").map(Number).entries()) {
    const project = index + 1;
    const began = performance.now();
    await now.fill(project, size);
    const perObservation = (performance.now() - began) / size;
    await before?.fill(project, size);
    const times = await measure({
      nothing: () => now.call(`nothing/${project}`),
      plain: (q) => now.call(`plain/${project}`, { q }),
      ...Object.assign({}, ...both.map((one) => callsOf(one, project, size))),
    });
    report(`${size} observations`, times);
    ratios(times, [
      ["search", "plain"],
      ["two", "search"],
      ["search", "search before"],
      ["context", "context before"],
      ["prompt", "prompt before"],
    ]);
    for (const one of both) await reportCost(one, project);
    console.log(`${"".padEnd(24)} delivered in ${perObservation.toFixed(2)} ms each`);
  }
  for (const one of both) {
    for (let i = 0; i < SMALL_PROJECTS; i++) {
      await one.fill(FIRST_SMALL + i, SMALL_PROJECT_OBSERVATIONS);
    }
  }
  const everywhere = await measure(
    Object.fromEntries(
      both.map((one) => [
        `everywhere ${one.name}`.trim(),
        (q) => one.call(`everywhere/${FIRST_SMALL}`, { q, count: SMALL_PROJECTS }),
      ]),
    ),
  );
  report(`${SMALL_PROJECTS} projects of ${SMALL_PROJECT_OBSERVATIONS}`, everywhere);
  ratios(everywhere, [["everywhere", "everywhere before"]]);
} finally {
  for (const one of both) await one.stop();
  rmSync(folder, { recursive: true, force: true });
}
