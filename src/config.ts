/** The Worker's settings, read from its environment at the border and trusted inside. */
import { z } from "zod";
import { ApiError } from "./contract/errors.ts";
import { JURISDICTIONS, type Jurisdiction } from "./memory/jurisdiction.ts";
import { type Prices, parsePrices } from "./memory/prices.ts";
import type { AiBinding } from "./platform/ai-binding.ts";

const DEFAULT_RETENTION_DAYS = 7;
const DAY_MS = 24 * 60 * 60 * 1000;

const list = z
  .string()
  .default("")
  .transform((text) =>
    text
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== ""),
  );

const EnvironmentSchema = z.object({
  CAIRN_KEY: list,
  CAIRN_SECRET: list,
  CAIRN_PROVIDER: list,
  CAIRN_MODEL: z.string().default(""),
  CAIRN_PRICES: list,
  CAIRN_IGNORE: list,
  CAIRN_ORIGINS: list,
  CAIRN_RETENTION_DAYS: z.string().default(""),
  CAIRN_JURISDICTION: z.enum(["", ...JURISDICTIONS]).default(""),
  ANTHROPIC_API_KEY: z.string().default(""),
  ANTHROPIC_BASE_URL: z.string().default(""),
  OPENAI_API_KEY: z.string().default(""),
  OPENAI_BASE_URL: z.string().default(""),
  CAIRN_PROVIDER_DEADLINE_MS: z.string().default(""),
});

/** Names of all variables that the Worker reads: a runtime has to hand them over. */
export const ENVIRONMENT_VARIABLES: readonly string[] = Object.keys(EnvironmentSchema.shape);

/**
 * What of a shell's environment the Worker is to be given. A shell has keys for other programs: one
 * that no provider of `CAIRN_PROVIDER` takes stays there.
 */
export function workerVariables(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const isAsked = /(?:^|,)\s*openai-compatible\b/.test(env.CAIRN_PROVIDER ?? "");
  const names = ENVIRONMENT_VARIABLES.filter((name) => isAsked || !name.startsWith("OPENAI_"));
  return Object.fromEntries(names.map((name) => [name, env[name] ?? ""]));
}

export interface Config {
  /** The deployment's own keys; each one's team exists from its first use. */
  keys: string[];
  /** What the deployment signs keys with: the first signs, all are taken. */
  signingSecrets: string[];
  /** Providers, first choice first: `<name>` or `<name>:<model>`. Never empty. */
  providerChain: string[];
  /** Of the first of the chain that asks a model and names none; null: that one's default. */
  model: string | null;
  /** Of `CAIRN_PRICES`. */
  prices: Prices;
  anthropicApiKey: string | null;
  anthropicBaseUrl: string | null;
  openAiApiKey: string | null;
  /** Without a slash at its end; null: OpenAI's own. */
  openAiBaseUrl: string | null;
  /** The platform's binding `AI`, where it was deployed with; else null. */
  workersAi: AiBinding | null;
  /** How long a provider may take for a batch, ms; null: the provider's default. */
  providerDeadlineMs: number | null;
  ignoreGlobs: string[];
  /** Origins of web pages that may call, beside the server's own. */
  origins: string[];
  /** How long raw events outlive the last event of their session. */
  retentionMs: number;
  /** Where all objects have to be; null: anywhere. */
  jurisdiction: Jurisdiction | null;
}

/** The Worker and each object may hold environments of their own. */
const read = new WeakMap<object, Config>();

/**
 * Reads the settings once per environment. Unknown variables are left alone. Throws an `ApiError`
 * where one has a value that nothing else may be taken for.
 */
export function readConfig(env: object): Config {
  const known = read.get(env);
  if (known !== undefined) return known;
  const { data: raw, error } = EnvironmentSchema.safeParse(env);
  if (raw === undefined) {
    throw new ApiError(
      "not_configured",
      `the variable ${error.issues[0]?.path.join(".")} has a value that is not known: ` +
        `CAIRN_JURISDICTION is ${JURISDICTIONS.join(", ")}, or not set`,
    );
  }
  const days = Number(raw.CAIRN_RETENTION_DAYS || DEFAULT_RETENTION_DAYS);
  const config: Config = {
    keys: raw.CAIRN_KEY,
    signingSecrets: raw.CAIRN_SECRET,
    providerChain:
      raw.CAIRN_PROVIDER.length > 0
        ? raw.CAIRN_PROVIDER
        : [
            ...(raw.ANTHROPIC_API_KEY === "" ? [] : ["anthropic"]),
            ...(aiBinding(env) === null ? [] : ["workers-ai"]),
            "extractive",
          ],
    model: raw.CAIRN_MODEL || null,
    prices: parsePrices(raw.CAIRN_PRICES),
    anthropicApiKey: raw.ANTHROPIC_API_KEY || null,
    anthropicBaseUrl: raw.ANTHROPIC_BASE_URL || null,
    openAiApiKey: raw.OPENAI_API_KEY || null,
    openAiBaseUrl: raw.OPENAI_BASE_URL.replace(/\/+$/, "") || null,
    workersAi: aiBinding(env),
    providerDeadlineMs: Number(raw.CAIRN_PROVIDER_DEADLINE_MS) || null,
    ignoreGlobs: raw.CAIRN_IGNORE,
    origins: raw.CAIRN_ORIGINS,
    retentionMs: (Number.isFinite(days) && days > 0 ? days : DEFAULT_RETENTION_DAYS) * DAY_MS,
    jurisdiction: raw.CAIRN_JURISDICTION || null,
  };
  read.set(env, config);
  return config;
}

function aiBinding(env: object): AiBinding | null {
  const { AI: ai } = env as { AI?: AiBinding };
  return typeof ai?.run === "function" ? ai : null;
}
