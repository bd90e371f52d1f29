/** Who compresses, what it costs, and what is wrong with it. Pure. */
import { buildChain, type IgnoredProvider } from "../agent/providers/index.ts";
import type { Config } from "../config.ts";
import type { ListedSession } from "../contract/sessions.ts";
import type { ProviderStatus, Status } from "../contract/team.ts";
import { priceOf } from "../memory/prices.ts";

/** Tokens per tool event, as `npm run bench:tokens` measures them on recorded sessions, rounded up. */
const TOKENS_PER_1000_EVENTS = { input: 400_000, output: 60_000 };
const MILLION = 1_000_000;

/** Settings that cannot be used, in words. */
export function unusable(config: Config): IgnoredProvider[] {
  const prices = config.prices.unread.map((entry) => ({
    provider: "CAIRN_PRICES",
    reason: `"${entry}" is no price: <model>=<input>/<output>, dollars per million tokens`,
  }));
  return [...buildChain(config).ignored, ...prices];
}

/** The chain, behind it what cannot be used, each with its trouble in the sessions that were asked. */
export function providerStatuses(
  config: Config,
  views: readonly ListedSession[],
): ProviderStatus[] {
  const live = views.filter((view) => view.live);
  const trouble = (name: string): string | null => {
    const pause = live
      .flatMap((view) => view.paused_providers)
      .find((one) => one.provider === name);
    if (pause !== undefined) return `${pause.reason}; asked again from ${pause.until}`;
    const failing = live.flatMap((view) => view.failing_providers ?? []);
    return failing.find((one) => one.provider === name)?.reason ?? null;
  };
  return [
    ...buildChain(config).providers.map(({ name, model }) => ({
      provider: name,
      model,
      trouble: trouble(name),
    })),
    ...unusable(config).map(({ provider, reason }) => ({
      provider,
      model: null,
      trouble: `left out: ${reason}`,
    })),
  ];
}

/** About what 1,000 tool events cost with the first of the chain. */
export function costOfEvents(config: Config): Status["per_1000_tool_events"] {
  const [first] = buildChain(config).providers;
  if (first?.metered !== true) return { input: 0, output: 0, usd: 0 };
  const { input, output } = TOKENS_PER_1000_EVENTS;
  const price = priceOf(config.prices.byModel, first.model ?? "");
  const usd = price === null ? null : (input * price.input + output * price.output) / MILLION;
  return { input, output, usd };
}
