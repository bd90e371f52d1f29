/**
 * `npm run bench:gold -- <gold folder> <stream folder> [--only <name>] [--pace recorded] [--verbose]
 * [--print]`: how much of what recorded sessions taught the rules tell, and how much they tell that
 * is false. Offline, in seconds: it reads what the provider makes, not what a server shows.
 *
 *   told      share of the gold items that some observation, summary or open point tells, by weight
 *   context   the same of those that a session's context should tell
 *   wrong     items of kind `wrong` that one of them tells as standing
 *   precise   share of the observations that tell some gold item
 *
 * A mechanical measure: read beside it what it counts (`--print`).
 */
import { parseArgs } from "node:util";
import type { Pace } from "../recall/stored-events.ts";
import { type GoldItem, readGold, tells, weightOf } from "./gold.ts";
import { shown, toldBy } from "./offline.ts";

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string" },
    pace: { type: "string", default: "fast" },
    verbose: { type: "boolean", default: false },
    print: { type: "boolean", default: false },
  },
});
const [goldFolder, streamFolder] = positionals;
if (goldFolder === undefined || streamFolder === undefined) {
  process.stderr.write(
    "usage: npm run bench:gold -- <gold folder> <stream folder> [--only <name>] [--pace recorded] [--verbose] [--print]\n",
  );
  process.exit(2);
}
const pace: Pace = flags.pace === "recorded" ? "recorded" : "fast";
const write = (line: string) => process.stdout.write(`${line}\n`);
const percent = (share: number) => (100 * share).toFixed(1).padStart(6);
const ids = (items: GoldItem[]) => items.map(({ id }) => id.replace(/^.*-/, "")).join(" ");

const rows: { told: number; context: number; precise: number; wrong: number; of: number }[] = [];
write("session    obs  act  sum  open  told %  ctx %  wrong  precise %  traceable %");
for (const { name, session, good, wrong } of readGold(goldFolder, streamFolder)) {
  if (flags.only !== undefined && !name.startsWith(flags.only)) continue;
  const told = toldBy(session, pace);
  const observations = told.observations.map(shown);
  const texts = [...observations, ...told.summaries.map(shown), ...told.openPoints];
  const isTold = (item: GoldItem) => texts.some((text) => tells(text, item));
  const wanted = good.filter(({ context }) => context);
  const share = (of: GoldItem[]) => weightOf(of.filter(isTold)) / Math.max(1, weightOf(of));
  const precise =
    observations.filter((text) => good.some((item) => tells(text, item))).length /
    Math.max(1, observations.length);
  const false_ = wrong.filter(isTold);
  const row = {
    told: share(good),
    context: share(wanted),
    precise,
    wrong: false_.length,
    of: wrong.length,
  };
  rows.push(row);
  if (flags.print) print(name, told, good, wrong);
  write(
    [
      name.padEnd(9),
      String(observations.length).padStart(4),
      String(told.activities.length).padStart(4),
      String(told.summaries.length).padStart(4),
      String(told.openPoints.length).padStart(5),
      percent(row.told),
      percent(row.context),
      `${row.wrong}/${row.of}`.padStart(6),
      percent(precise).padStart(9),
      percent(told.traceable).padStart(10),
    ].join(" "),
  );
  if (flags.verbose) {
    write(`  not told: ${ids(good.filter((item) => !isTold(item)))}`);
    write(`  wrong told: ${ids(false_)}`);
  }
}
const mean = (of: (row: (typeof rows)[number]) => number) =>
  rows.reduce((sum, row) => sum + of(row), 0) / Math.max(1, rows.length);
write(
  `all: told${percent(mean((r) => r.told))} %, context items${percent(mean((r) => r.context))} %, ` +
    `wrong ${rows.reduce((sum, r) => sum + r.wrong, 0)} of ${rows.reduce((sum, r) => sum + r.of, 0)}, ` +
    `precise${percent(mean((r) => r.precise))} %`,
);

/** Everything that was told, each with the items that it tells, for reading. */
function print(name: string, told: ReturnType<typeof toldBy>, good: GoldItem[], bad: GoldItem[]) {
  const about = (text: string) => `[${ids([...good, ...bad].filter((item) => tells(text, item)))}]`;
  write(`\n===== ${name}`);
  for (const [i, o] of told.observations.entries()) {
    write(`\n#${i + 1} ${o.type}: ${o.title} ${about(shown(o))}`);
    if (o.subtitle !== "") write(`   ${o.subtitle}`);
    write(`   ${o.narrative}`);
    for (const fact of o.facts) write(`   * ${fact}`);
    write(`   < ${o.sources.join(" ")}`);
  }
  for (const summary of told.summaries) {
    write(`\nSUMMARY ${about(shown(summary))}`);
    for (const [field, value] of Object.entries(summary)) {
      if (typeof value === "string") write(`   ${field}: ${value}`);
    }
  }
  for (const point of told.openPoints) write(`\nOPEN ${point} ${about(point)}`);
  write(`\n${told.activities.length} activities, such as`);
  for (const { title } of told.activities.filter((_, i) => i % 5 === 0)) write(`   ${title}`);
  write("");
}
