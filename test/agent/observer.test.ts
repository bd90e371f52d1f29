import { describe, expect, inject, it } from "vitest";
import { type BudgetGate, type ObserveRequest, observe } from "../../src/agent/observer.ts";
import { nextProbe } from "../../src/agent/pause-schedule.ts";
import type { ObserverBatch, Provider, ProviderOutcome } from "../../src/agent/provider.ts";
import { ANTHROPIC_DEFAULT_MODEL, anthropicModel } from "../../src/agent/providers/anthropic.ts";
import { providerOf } from "../../src/agent/providers/by-model.ts";
import { extractiveProvider } from "../../src/agent/providers/extractive.ts";
import { buildChain, type ProviderSettings } from "../../src/agent/providers/index.ts";
import type { TokenUsage } from "../../src/contract/sessions.ts";
import { log } from "../../src/platform/log.ts";
import { type Control, MockScope } from "../support/mock-provider/protocol.ts";
import { sampleBatch } from "../support/sample-batch.ts";

const NOW = 1_700_000_000_000;

/** A budget that answers as told and remembers what was settled. */
class Ledger implements BudgetGate {
  readonly settled: { provider: string; usage: TokenUsage }[] = [];
  reserved = 0;
  readonly #verdict: "ok" | "over" | "unreachable";

  constructor(verdict: "ok" | "over" | "unreachable" = "ok") {
    this.#verdict = verdict;
  }

  async reserve(_provider: string, estimate: TokenUsage) {
    this.reserved += estimate.input + estimate.output;
    return this.#verdict;
  }

  async settle(provider: string, _model: string | null, usage: TokenUsage) {
    this.settled.push({ provider, usage });
  }
}

async function arranged(name: string, change: Control, over: Partial<ObserveRequest> = {}) {
  const scope = new MockScope(inject("mockProviderUrl"), `observer/${name}`);
  await scope.control({ reset: true, ...change });
  const anthropic = providerOf(anthropicModel({ apiKey: "mock", baseURL: scope.url, model: null }));
  const budget = new Ledger();
  const request: ObserveRequest = {
    chain: [anthropic, extractiveProvider],
    batch: sampleBatch(),
    pausedUntil: {},
    budget,
    now: NOW,
    signal: new AbortController().signal,
    attempt: 1,
    maxAttempts: 3,
    log,
    ...over,
  };
  return { scope, request, budget, anthropic };
}

function accountedFor(batch: ObserverBatch, outcome: Awaited<ReturnType<typeof observe>>) {
  if (!outcome.ok) throw new Error(outcome.failure.message);
  const { observations, summary, skipped } = outcome.result;
  const sources = [...observations.flatMap((o) => o.sources), ...(summary?.sources ?? [])];
  const known = batch.events.map((event) => event.key);
  expect(sources.filter((key) => !known.includes(key))).toEqual([]);
  return known.filter((key) => !sources.includes(key) && skipped[key] === undefined);
}

describe("the observer", () => {
  it("takes the first provider's word, and settles what it used", async () => {
    const { request, budget } = await arranged("first", {});
    const outcome = await observe(request);
    expect(outcome).toMatchObject({
      ok: true,
      provider: "anthropic",
      degraded: null,
      troubles: [],
    });
    if (!outcome.ok) return;
    expect(budget.settled).toEqual([{ provider: "anthropic", usage: outcome.usage }]);
    expect(budget.reserved).toBeGreaterThan(outcome.usage.input + outcome.usage.output);
    expect(outcome.otherAuthors).toEqual({});
  });

  it("waits out overload and network trouble while attempts remain, then goes down the chain", async () => {
    const busy: Control = { queue: [{ kind: "rate_limited", retryAfter: "9" }] };
    const early = await arranged("busy", busy, { attempt: 2 });
    expect(await observe(early.request)).toMatchObject({
      ok: false,
      failure: { kind: "overloaded", retryAfterMs: 9_000 },
      allPaused: false,
      troubles: [{ provider: "anthropic", failure: { kind: "overloaded" } }],
    });
    expect(early.budget.settled).toHaveLength(1);

    const last = await arranged("busy-last", { queue: ["cut_off"] }, { attempt: 3 });
    expect(await observe(last.request)).toMatchObject({
      ok: true,
      provider: "extractive",
      degraded: "anthropic_network",
      troubles: [{ provider: "anthropic", failure: { kind: "network" } }],
    });
  });

  it("gives a batch that a provider cannot make anything of to the next at once", async () => {
    const refused = await arranged("refused", { queue: ["refusal", "refusal"] });
    const outcome = await observe(refused.request);
    expect(outcome).toMatchObject({
      ok: true,
      provider: "extractive",
      model: null,
      degraded: "anthropic_refused_content",
    });
    // What the refusals used is paid for all the same.
    expect(outcome.usage.input).toBeGreaterThan(0);
    expect(refused.budget.settled).toEqual([{ provider: "anthropic", usage: outcome.usage }]);

    const nonsense = await arranged("invalid_output", { queue: ["not_json", "wrong_json"] });
    expect(await observe(nonsense.request)).toMatchObject({ degraded: "anthropic_invalid_output" });
    const alone = await arranged("alone", { queue: ["too_long", "too_long"] });
    expect(await observe({ ...alone.request, chain: [alone.anthropic] })).toMatchObject({
      ok: false,
      failure: { kind: "too_long" },
      allPaused: false,
    });
  });

  it("pauses a provider that refuses access, and says when all of them are paused", async () => {
    const broke = await arranged("broke", { queue: ["credit"] });
    expect(await observe(broke.request)).toMatchObject({
      ok: true,
      provider: "extractive",
      degraded: "anthropic_refused_access",
      troubles: [{ provider: "anthropic", failure: { kind: "refused_access" } }],
    });

    const alone = await arranged("broke-alone", { queue: ["unauthorized"] });
    expect(await observe({ ...alone.request, chain: [alone.anthropic] })).toMatchObject({
      ok: false,
      allPaused: true,
      troubles: [{ provider: "anthropic" }],
    });

    const paused = await arranged("paused", {}, { pausedUntil: { anthropic: NOW + 60_000 } });
    expect(await observe(paused.request)).toMatchObject({ ok: true, degraded: "anthropic_paused" });
    expect(await observe({ ...paused.request, chain: [paused.anthropic] })).toMatchObject({
      ok: false,
      allPaused: true,
      failure: { kind: "refused_access", retryAfterMs: 60_000 },
    });
    expect((await paused.scope.stats()).requests).toBe(0);
    const over = { ...paused.request, pausedUntil: { anthropic: NOW } };
    expect(await observe(over)).toMatchObject({ provider: "anthropic", degraded: null });
  });

  it("lets the rules stand in over budget, and never calls for free when the budget is silent", async () => {
    const over = await arranged("over", {}, { budget: new Ledger("over") });
    expect(await observe(over.request)).toMatchObject({
      ok: true,
      provider: "extractive",
      degraded: "over_budget",
      usage: { input: 0, output: 0 },
    });
    // Also where the chain names nobody else.
    expect(await observe({ ...over.request, chain: [over.anthropic] })).toMatchObject({
      ok: true,
      provider: "extractive",
    });

    const silent = await arranged("silent", {}, { budget: new Ledger("unreachable") });
    expect(await observe(silent.request)).toMatchObject({
      ok: false,
      failure: { kind: "network", usage: { input: 0, output: 0 } },
      allPaused: false,
    });
    expect((await over.scope.stats()).requests + (await silent.scope.stats()).requests).toBe(0);
  });

  it("accounts for every event: calls that a model makes nothing of are kept as activity", async () => {
    const half = await arranged("half", { queue: ["half_cited"] });
    const outcome = await observe(half.request);
    expect(accountedFor(half.request.batch, outcome)).toEqual([]);
    if (!outcome.ok) return;
    const others = Object.entries(outcome.otherAuthors);
    expect(others.length).toBeGreaterThan(0);
    for (const [index, author] of others) {
      expect(author).toEqual({ provider: "extractive", model: null, degraded: null });
      expect(outcome.result.observations[Number(index)]).toMatchObject({ activity: true });
    }
    const kept = others.flatMap(([index]) => outcome.result.observations[Number(index)]?.sources);
    expect(kept).toContain("tool:read");
  });

  it("lets the rules lift nothing that a model passed over, and misses no summary that is due", async () => {
    const batch = sampleBatch();
    const lazy: Provider = {
      name: "lazy",
      model: "lazy-1",
      metered: true,
      estimate: () => ({ input: 1, output: 1 }),
      compress: async (): Promise<ProviderOutcome> => ({
        ok: true,
        result: {
          observations: [],
          summary: null,
          skipped: {},
          usage: { input: 1, output: 1 },
          model: "lazy-1",
        },
      }),
    };
    const { request } = await arranged("lazy", {}, { chain: [lazy], batch });
    const outcome = await observe(request);
    expect(accountedFor(batch, outcome)).toEqual([]);
    if (!outcome.ok) return;
    expect(outcome.result.observations.every(({ activity }) => activity === true)).toBe(true);
    expect(outcome.result.summary?.completed).toContain("Rounding is done");
    expect(outcome.summaryAuthor).toMatchObject({ provider: "extractive", degraded: "not_cited" });
  });

  it("stops at the caller's signal without asking the next", async () => {
    const caller = new AbortController();
    const { request, scope } = await arranged(
      "abort",
      { queue: ["hang"] },
      { signal: caller.signal },
    );
    const pending = observe(request);
    while ((await scope.stats()).open === 0) await new Promise((done) => setTimeout(done, 5));
    caller.abort();
    expect(await pending).toMatchObject({ ok: false, failure: { kind: "aborted" } });
  });
});

describe("the chain of providers", () => {
  const settings = {
    anthropicApiKey: null,
    anthropicBaseUrl: null,
    openAiApiKey: null,
    openAiBaseUrl: null,
    workersAi: null,
    model: null,
    providerDeadlineMs: null,
  };
  const chainOf = (providerChain: string[], more: Partial<ProviderSettings> = {}) => {
    const { providers, ignored } = buildChain({ ...settings, ...more, providerChain });
    return {
      chain: providers.map(({ name, model }) => (model === null ? name : `${name}:${model}`)),
      ignored: ignored.map(({ provider }) => provider),
    };
  };

  it("follows the settings, leaves out and tells what it cannot use, and is never empty", () => {
    const withKey = { anthropicApiKey: "k", model: "claude-x" };
    expect(chainOf(["anthropic", "extractive", "anthropic"], withKey)).toEqual({
      chain: ["anthropic:claude-x", "extractive"],
      ignored: [],
    });
    expect(chainOf(["antropic", "extractive"], withKey)).toEqual({
      chain: ["extractive"],
      ignored: ["antropic"],
    });
    const others = ["anthropic", "workers-ai", "openai-compatible"];
    expect(chainOf(others)).toEqual({ chain: ["extractive"], ignored: others });
    const strange = { openAiBaseUrl: "localhost:11434/v1", model: "qwen3" };
    expect(chainOf(["openai-compatible"], strange).ignored).toEqual(["openai-compatible"]);
  });

  it("takes a model for each provider, and CAIRN_MODEL for the first that names none", () => {
    const local = { openAiBaseUrl: "http://127.0.0.1:11434/v1", anthropicApiKey: "k" };
    expect(chainOf(["openai-compatible:qwen3:8b", "anthropic"], local).chain).toEqual([
      "openai-compatible:qwen3:8b",
      `anthropic:${ANTHROPIC_DEFAULT_MODEL}`,
    ]);
    const named = { ...local, model: "small" };
    expect(chainOf(["openai-compatible", "anthropic"], named).chain).toEqual([
      "openai-compatible:small",
      `anthropic:${ANTHROPIC_DEFAULT_MODEL}`,
    ]);
  });

  it("is probed after 1, 5 and 30 minutes, then every 6 hours", () => {
    const minutes = [0, 1, 2, 3, 4, 99].map((pauses) => nextProbe(pauses) / 60_000);
    expect(minutes).toEqual([1, 5, 30, 360, 360, 360]);
  });
});
