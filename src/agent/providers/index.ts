/** The providers that the settings name. */
import type { Config } from "../../config.ts";
import type { Provider } from "../provider.ts";
import { anthropicModel } from "./anthropic.ts";
import { providerOf } from "./by-model.ts";
import { extractiveProvider } from "./extractive.ts";
import type { Model } from "./model.ts";
import { openAiCompatibleModel } from "./openai-compatible.ts";
import { workersAiModel } from "./workers-ai.ts";

export type ProviderSettings = Pick<
  Config,
  | "providerChain"
  | "anthropicApiKey"
  | "anthropicBaseUrl"
  | "openAiApiKey"
  | "openAiBaseUrl"
  | "workersAi"
  | "model"
  | "providerDeadlineMs"
>;

/** A name of `CAIRN_PROVIDER` that cannot be used, and in words why. */
export interface IgnoredProvider {
  provider: string;
  reason: string;
}

export interface Chain {
  /** First choice first. Never empty. */
  providers: Provider[];
  /** The models behind them. */
  models: Model[];
  ignored: IgnoredProvider[];
}

/** A model by its provider's name, or in words why there is none. */
function buildModel(
  name: string,
  model: string | null,
  settings: ProviderSettings,
): Model | string {
  const { anthropicApiKey, anthropicBaseUrl, openAiApiKey, openAiBaseUrl, workersAi } = settings;
  switch (name) {
    case "anthropic":
      return anthropicApiKey === null
        ? "set ANTHROPIC_API_KEY, or take it off the chain"
        : anthropicModel({ apiKey: anthropicApiKey, baseURL: anthropicBaseUrl, model });
    case "openai-compatible":
      if (model === null) return "name its model in CAIRN_MODEL";
      if (openAiBaseUrl === null && openAiApiKey === null) {
        return "set OPENAI_BASE_URL, OPENAI_API_KEY, or both";
      }
      if (openAiBaseUrl !== null && !/^https?:$/.test(URL.parse(openAiBaseUrl)?.protocol ?? "")) {
        return "OPENAI_BASE_URL is no http or https address";
      }
      return openAiCompatibleModel({ apiKey: openAiApiKey, baseURL: openAiBaseUrl, model });
    case "workers-ai":
      return workersAi === null
        ? "it runs on Cloudflare only, with the binding that `cairn deploy --workers-ai` adds"
        : workersAiModel({ ai: workersAi, model });
    default:
      return "CAIRN_PROVIDER knows anthropic, openai-compatible, workers-ai and extractive";
  }
}

/**
 * The chain of `CAIRN_PROVIDER`, first choice first, each name once. A name that cannot be used is
 * left out and told; where none is left, the rules (`extractive`) do the work, so that nothing is
 * lost by a typing mistake. `CAIRN_MODEL` is that of the first provider that needs one.
 */
export function buildChain(settings: ProviderSettings): Chain {
  const chain: Chain = { providers: [], models: [], ignored: [] };
  const seen = new Set<string>();
  let unclaimed = settings.model;
  for (const entry of settings.providerChain) {
    // A model's own name may have a colon in it.
    const [name = "", ...rest] = entry.split(":");
    if (seen.has(name)) continue;
    seen.add(name);
    if (name === extractiveProvider.name) {
      chain.providers.push(extractiveProvider);
      continue;
    }
    let named: string | null = rest.join(":") || null;
    if (named === null) [named, unclaimed] = [unclaimed, null];
    const model = buildModel(name, named, settings);
    if (typeof model === "string") {
      chain.ignored.push({ provider: name, reason: model });
      continue;
    }
    chain.models.push(model);
    chain.providers.push(providerOf(model, settings.providerDeadlineMs));
  }
  if (chain.providers.length === 0) chain.providers.push(extractiveProvider);
  return chain;
}
