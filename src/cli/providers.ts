/** Who compresses, in words for people: at the start, and in `cairn status`. */
import type { z } from "zod";
import { StatusSchema } from "../contract/team.ts";

/** Servers before 0.2 do not tell. */
export const ProvidersRow = StatusSchema.pick({
  providers: true,
  per_1000_tool_events: true,
}).partial();

/** One line for the chain with its cost, and one for each trouble. */
export function tellProviders({
  providers = [],
  per_1000_tool_events: cost,
}: z.infer<typeof ProvidersRow>): string[] {
  const chain = providers.filter(({ trouble }) => trouble?.startsWith("left out") !== true);
  const [first] = chain;
  if (first === undefined || cost === undefined) return [];
  const names = chain.map(({ provider, model }) => nameOf(provider, model)).join(", then ");
  const troubles = providers.flatMap(({ provider, trouble }) =>
    trouble === null ? [] : [`${provider}: ${trouble}`],
  );
  return [`${names}; ${tellCost(cost)}`, ...troubles];
}

function nameOf(provider: string, model: string | null): string {
  if (model !== null) return `${provider} (${model})`;
  return provider === "extractive" ? "extractive (rules, no model)" : provider;
}

type Cost = NonNullable<z.infer<typeof ProvidersRow>["per_1000_tool_events"]>;

function tellCost({ input, output, usd }: Cost): string {
  if (input === 0) return "costs nothing";
  const tokens = `${thousands(input)} tokens in and ${thousands(output)} out`;
  const money =
    usd === null ? "in money: set CAIRN_PRICES=<in>/<out> per million" : `$${usd.toFixed(2)}`;
  return `about ${tokens} per 1,000 tool events (${money})`;
}

function thousands(count: number): string {
  return count.toLocaleString("en-US");
}
