/**
 * The observer asks a chain of providers, first choice first, and says what came of it. It knows
 * nothing of storage: pauses, budgets and attempts come in, and what has to be kept goes out.
 */

import type { TokenUsage } from "../contract/sessions.ts";
import type { Log } from "../platform/log.ts";
import { complete, NOT_CITED } from "./complete.ts";
import type {
  FailureKind,
  ObserverBatch,
  ObserverResult,
  Provider,
  ProviderFailure,
  ProviderOutcome,
} from "./provider.ts";
import { extractiveProvider } from "./providers/extractive.ts";

/** The team's token limits, asked before and told after each metered call. */
export interface BudgetGate {
  /** `over`: a limit is reached. `unreachable`: nobody could say, so the call has to wait. */
  reserve(provider: string, estimate: TokenUsage): Promise<"ok" | "over" | "unreachable">;
  /** What the call really used, failed or not. One call per `ok`. */
  settle(provider: string, model: string | null, usage: TokenUsage): Promise<void>;
}

/** Who wrote an observation or summary, and why not the first of the chain. */
export interface Author {
  provider: string;
  model: string | null;
  degraded: string | null;
}

/** What became of a provider that was asked in this call and could not answer. */
export interface ProviderTrouble {
  provider: string;
  failure: ProviderFailure;
}

export interface ObserveRequest {
  chain: readonly Provider[];
  batch: ObserverBatch;
  /** Provider -> ms since the epoch until which it is paused. */
  pausedUntil: Readonly<Record<string, number>>;
  budget: BudgetGate;
  now: number;
  signal: AbortSignal;
  /** The number of this attempt at the batch, from 1, and how many there are. */
  attempt: number;
  maxAttempts: number;
  log: Log;
}

export type ObserveOutcome =
  | ({
      ok: true;
      result: ObserverResult;
      troubles: ProviderTrouble[];
      /** Of all providers that were asked. */
      usage: TokenUsage;
      /** Index of an observation -> its author, where that is another than the result's. */
      otherAuthors: Record<number, Author>;
      /** The summary's author, where that is another than the result's. */
      summaryAuthor: Author | null;
    } & Author)
  | {
      ok: false;
      failure: ProviderFailure;
      /** Nobody could be asked: every provider of the chain is paused, as of this call. */
      allPaused: boolean;
      troubles: ProviderTrouble[];
      usage: TokenUsage;
    };

/** Failures that another attempt at the same provider may get past. */
const WORTH_WAITING: ReadonlySet<FailureKind> = new Set<FailureKind>(["overloaded", "network"]);

/** Who stands in over budget, and keeps what a model made nothing of. */
const RULES = extractiveProvider;

const NO_USAGE: TokenUsage = { input: 0, output: 0 };

function failureOf(kind: FailureKind, message: string, retryAfterMs: number | null = null) {
  return { kind, message, retryAfterMs, usage: NO_USAGE };
}

/** What became of one provider: an outcome, or why it was not asked. */
type Asked = ProviderOutcome | { ok: "over_budget" };

async function ask(provider: Provider, request: ObserveRequest): Promise<Asked> {
  const { batch, budget, signal } = request;
  if (!provider.metered) return provider.compress(batch, signal);
  const verdict = await budget
    .reserve(provider.name, provider.estimate(batch))
    .catch(() => "unreachable" as const);
  if (verdict === "over") return { ok: "over_budget" };
  if (verdict === "unreachable") {
    return { ok: false, failure: failureOf("network", "the budget could not be asked") };
  }
  const outcome = await provider.compress(batch, signal);
  const usage = outcome.ok ? outcome.result.usage : outcome.failure.usage;
  // What cannot be settled counts as reserved: too much rather than nothing.
  await budget.settle(provider.name, provider.model, usage).catch((error: unknown) => {
    request.log("warn", "budget_not_settled", { provider: provider.name }, error);
  });
  return outcome;
}

/** Adds what a model left out, and notes who wrote what. */
function completed(
  batch: ObserverBatch,
  result: ObserverResult,
  author: Author,
): Pick<ObserveOutcome & { ok: true }, "result" | "otherAuthors" | "summaryAuthor"> {
  if (author.provider === RULES.name) return { result, otherAuthors: {}, summaryAuthor: null };
  const whole = complete(batch, result);
  const rules: Author = { provider: RULES.name, model: RULES.model, degraded: author.degraded };
  const otherAuthors: Record<number, Author> = {};
  for (let i = whole.activityFrom; i < whole.result.observations.length; i++) {
    otherAuthors[i] = rules;
  }
  return {
    result: whole.result,
    otherAuthors,
    summaryAuthor: whole.ruledSummary ? { ...rules, degraded: author.degraded ?? NOT_CITED } : null,
  };
}

/**
 * Asks the chain. Paused providers are passed over; one that is over budget, refuses access or
 * cannot make anything of the batch leaves it to the next, which is noted as `degraded`
 * (`over_budget`, which brings in the rules where the chain has nobody else, `<provider>_refused_access`, `<provider>_paused`, …). Overload and network are
 * answered with a failure, for a later attempt, until the last one, which goes on down the chain.
 */
export async function observe(request: ObserveRequest): Promise<ObserveOutcome> {
  const { pausedUntil, now, signal } = request;
  const chain = [...request.chain];
  const troubles: ProviderTrouble[] = [];
  const usage: TokenUsage = { input: 0, output: 0 };
  let degraded: string | null = null;
  let failure: ProviderFailure | null = null;
  let probeInMs = Number.POSITIVE_INFINITY;
  const give = (last: ProviderFailure, allPaused: boolean): ObserveOutcome => ({
    ok: false,
    failure: { ...last, usage },
    allPaused,
    troubles,
    usage,
  });

  for (const provider of chain) {
    if (signal.aborted) return give(failureOf("aborted", "the call was called off"), false);
    const until = pausedUntil[provider.name] ?? 0;
    if (until > now) {
      probeInMs = Math.min(probeInMs, until - now);
      degraded ??= `${provider.name}_paused`;
      continue;
    }
    const outcome = await ask(provider, request);
    if (outcome.ok === "over_budget") {
      degraded ??= "over_budget";
      // A limit on tokens must not stop the work: who costs nothing stands in, asked for or not.
      if (!chain.some(({ name }) => name === RULES.name)) chain.push(RULES);
      continue;
    }
    const used = outcome.ok ? outcome.result.usage : outcome.failure.usage;
    usage.input += used.input;
    usage.output += used.output;
    if (outcome.ok) {
      const author: Author = { provider: provider.name, model: outcome.result.model, degraded };
      const whole = completed(request.batch, outcome.result, author);
      return { ok: true, ...whole, ...author, troubles, usage };
    }
    const { kind, message } = outcome.failure;
    if (kind === "aborted") return give(outcome.failure, false);
    request.log("warn", "provider_failed", { provider: provider.name, kind, reason: message });
    troubles.push({ provider: provider.name, failure: outcome.failure });
    if (kind !== "refused_access") {
      failure = outcome.failure;
      if (WORTH_WAITING.has(kind) && request.attempt < request.maxAttempts) {
        return give(outcome.failure, false);
      }
    }
    degraded ??= `${provider.name}_${kind}`;
  }
  if (failure !== null) return give(failure, false);
  const refusal = troubles.at(-1)?.failure;
  const wait = Number.isFinite(probeInMs) ? probeInMs : null;
  return give(refusal ?? failureOf("refused_access", "every provider is paused", wait), true);
}
