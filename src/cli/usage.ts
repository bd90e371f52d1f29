/** `cairn usage`: what providers were paid for. */
import { UsageSchema, type UsageTotals } from "../contract/team.ts";
import { USAGE_DIMENSIONS } from "../contract/vocabulary.ts";
import { call } from "./api.ts";
import { sayJson, tellRows } from "./table.ts";
import type { Target } from "./target.ts";

export async function usage(
  target: Target,
  flags: { by: string; since?: string; until?: string; json: boolean },
  say: (line: string) => void,
): Promise<void> {
  const { by, since, until } = flags;
  const answer = await call(target, "usage", UsageSchema, { query: { by, since, until } });
  if (flags.json) return sayJson(answer, say);
  const named = by.split(",").map((name) => name.trim());
  const dimensions = USAGE_DIMENSIONS.filter((name) => named.includes(name));
  const counted = (row: UsageTotals) => [
    String(row.calls),
    String(row.input),
    String(row.output),
    row.usd === null ? "" : `$${row.usd.toFixed(2)}`,
  ];
  const rows = answer.items.map((row) => [
    ...dimensions.map((name) => row[name] ?? ""),
    ...counted(row),
  ]);
  const total = [...dimensions.map((_, i) => (i === 0 ? "total" : "")), ...counted(answer.total)];
  tellRows(
    [...dimensions, "calls", "tokens in", "tokens out", "money"].map((title) =>
      title.toUpperCase(),
    ),
    [...rows, total],
    say,
  );
  if (answer.truncated) say("There is more: group by less, or name days with --since and --until.");
}
