/** The providers that the settings name. */
import type { Config } from "../../config.ts";
import { log } from "../../platform/log.ts";
import type { Provider } from "../provider.ts";
import { anthropicProvider } from "./anthropic.ts";
import { extractiveProvider } from "./extractive.ts";

type ProviderSettings = Pick<
  Config,
  "providerChain" | "anthropicApiKey" | "anthropicBaseUrl" | "model" | "providerDeadlineMs"
>;

/** A provider by name, or in words why there is none. */
function build(name: string, settings: ProviderSettings): Provider | string {
  switch (name) {
    case "extractive":
      return extractiveProvider;
    case "anthropic":
      if (settings.anthropicApiKey === null)
        return "set ANTHROPIC_API_KEY, or take it off the chain";
      return anthropicProvider({
        apiKey: settings.anthropicApiKey,
        baseURL: settings.anthropicBaseUrl,
        model: settings.model,
        ...(settings.providerDeadlineMs !== null && { deadlineMs: settings.providerDeadlineMs }),
      });
    default:
      return "CAIRN_PROVIDER knows anthropic and extractive";
  }
}

/**
 * The chain of `CAIRN_PROVIDER`, first choice first, each name once. A name that cannot be used is
 * logged and left out; where none is left, the rules (`extractive`) do the work, so that nothing is
 * lost by a typing mistake.
 */
export function buildProviders(settings: ProviderSettings): Provider[] {
  const chain: Provider[] = [];
  for (const name of new Set(settings.providerChain)) {
    const built = build(name, settings);
    if (typeof built === "string")
      log("error", "provider_ignored", { provider: name, reason: built });
    else chain.push(built);
  }
  return chain.length > 0 ? chain : [extractiveProvider];
}
