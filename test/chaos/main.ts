/**
 * Breaks the real local server at random moments and counts afterwards: never lost, never twice.
 *
 *   npm run chaos -- --kills 200 [--seed 7] [--data <folder>] [--chain mixed] [--keep]
 *
 * Three clients replay recorded sessions, the mock of the model's API makes trouble, launcher and
 * runtime get SIGKILL, and clients repeat what got no answer. The seed repeats a run's decisions;
 * how far each step got by then is up to the machine. Exit code 1 where a rule was broken.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type ChaosReport, runChaos } from "./run.ts";

const SHARED = fileURLToPath(new URL("../../../shared/data/claude-code-sessions", import.meta.url));
const OWN = fileURLToPath(new URL("../fixtures/claude-code-hooks.jsonl", import.meta.url));
const SHOWN_MAX = 50;

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "200" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    data: { type: "string", default: existsSync(SHARED) ? SHARED : OWN },
    chain: { type: "string", default: "mixed" },
    port: { type: "string", default: "0" },
    keep: { type: "boolean", default: false },
  },
});

function show(report: ChaosReport): void {
  const { violations, ...figures } = report;
  console.log(JSON.stringify(figures, null, 2));
  for (const { session, rule, detail } of violations.slice(0, SHOWN_MAX)) {
    console.log(`BROKEN  ${rule}: ${detail}  (${session})`);
  }
  const total = Object.values(report.events).reduce((sum, n) => sum + n, 0);
  const skipped = ((100 * report.events.skipped) / Math.max(1, total)).toFixed(1);
  console.log(`${total} events, ${skipped} % skipped, ${report.events.dead} dead letters`);
}

const home = mkdtempSync(join(tmpdir(), "cairn-chaos-"));
console.log(`seed ${values.seed}; state in ${home}`);
const report = await runChaos({
  kills: Number(values.kills),
  seed: Number(values.seed),
  data: values.data,
  chain: values.chain,
  home,
  port: Number(values.port),
  say: (line) => console.log(line),
});
show(report);
if (report.violations.length > 0) {
  console.log(`${report.violations.length} broken rules. Repeat with --seed ${values.seed}`);
  process.exitCode = 1;
}
if (values.keep || report.violations.length > 0) console.log(`state kept in ${home}`);
else rmSync(home, { recursive: true, force: true });
