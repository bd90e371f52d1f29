/**
 * Replays hostile requests against the real local server and prints what came of them.
 *
 *   npm run attack -- [--only forms|routes|requests] [--lists <folder>]
 *
 * `--lists` is a folder with more of `secret-forms.jsonl` (`{name, text, secret}` a line) and
 * `secret-lookalikes.jsonl` (`{text}`). Exit code 1 where a request got through.
 */
import { parseArgs } from "node:util";
import { formatKey, newKey } from "../../src/memory/key.ts";
import { temporaryFolder } from "../local/cli-command.ts";
import { startServer } from "../local/local-server.ts";
import type { Attack, AttackReport } from "./attack.ts";
import { attackByForms } from "./forms.ts";
import { MORE_LISTS } from "./read-lists.ts";
import { attackByRequests } from "./requests.ts";
import { attackRoutes, OTHER_TEAM_KEY } from "./routes.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    lists: { type: "string", default: MORE_LISTS },
  },
});

/** Each part has a server of its own. */
const PARTS: Readonly<Record<string, Attack>> = {
  forms: attackByForms(values.lists),
  routes: attackRoutes,
  requests: attackByRequests,
};

/** Two teams, so that one can try what the other has. */
const TEAM_KEY = formatKey(newKey("local"));

const MISSES_SHOWN = 100;

function show({ title, head, rows, misses }: AttackReport): void {
  const widths = head.map((cell, column) =>
    Math.max(cell.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  console.log(`\n${title}\n`);
  console.log(line(head));
  console.log(widths.map((width) => "-".repeat(width)).join("  "));
  for (const row of rows) console.log(line(row));
  for (const miss of misses.slice(0, MISSES_SHOWN)) console.log(`MISS  ${miss}`);
}

/** What a part found out about a server that it attacked. */
async function run(part: string, attack: Attack): Promise<AttackReport[]> {
  const server = await startServer(temporaryFolder(`attack-${part}`), {
    CAIRN_PROVIDER: "extractive",
    CAIRN_KEY: `${TEAM_KEY},${OTHER_TEAM_KEY}`,
  });
  try {
    const lookAt = await attack({ url: server.url, key: server.key });
    await server.stop();
    return lookAt(server.state);
  } finally {
    await server.stop();
  }
}

const chosen = Object.entries(PARTS).filter(([part]) => (values.only ?? part) === part);
if (chosen.length === 0) throw new Error(`--only: one of ${Object.keys(PARTS).join(", ")}`);
let misses = 0;
for (const [part, attack] of chosen) {
  const startedAt = performance.now();
  for (const report of await run(part, attack)) {
    show(report);
    misses += report.misses.length;
  }
  console.log(`\n${part}: ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`);
}
console.log(misses === 0 ? "nothing got through" : `${misses} got through`);
if (misses > 0) process.exitCode = 1;
