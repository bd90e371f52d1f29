/** The same troubles at every provider that asks a model: each tells them in its own way. */

import { Ai } from "cloudflare:ai";
import { describe, expect, inject, it } from "vitest";
import { readOutput } from "../../src/agent/output-schema.ts";
import type { ObserverBatch, ProviderFailure } from "../../src/agent/provider.ts";
import { anthropicModel } from "../../src/agent/providers/anthropic.ts";
import { providerOf } from "../../src/agent/providers/by-model.ts";
import { readCompletion, readRefusal } from "../../src/agent/providers/chat-completions.ts";
import { kindOf, retryAfterMs } from "../../src/agent/providers/failure.ts";
import type { Model } from "../../src/agent/providers/model.ts";
import { openAiCompatibleModel } from "../../src/agent/providers/openai-compatible.ts";
import { workersAiModel } from "../../src/agent/providers/workers-ai.ts";
import type { AiBinding } from "../../src/platform/ai-binding.ts";
import { type Control, MockScope, type RequestRecord } from "../support/mock-provider/protocol.ts";
import { sampleBatch, toolEvent } from "../support/sample-batch.ts";

const NOW = Date.parse("2026-11-23T10:00:00Z");
const now = () => NOW;

/** The runtime's own module for the binding, with a server behind it. */
function aiBinding(baseURL: string): AiBinding {
  return new Ai({
    fetch: (address: string, init: RequestInit) =>
      fetch(`${baseURL}${new URL(address).pathname}`, init),
  }) as AiBinding;
}

/** Provider -> its model behind a server. */
const MODELS: Record<string, (baseURL: string, name: string) => Model> = {
  anthropic: (baseURL, model) => anthropicModel({ apiKey: "mock", baseURL, model, now }),
  "openai-compatible": (baseURL, model) =>
    openAiCompatibleModel({ apiKey: "mock", baseURL: `${baseURL}/v1`, model, now }),
  "workers-ai": (baseURL, model) => workersAiModel({ ai: aiBinding(baseURL), model, now }),
};

const never = new AbortController().signal;

function messageOf(record: RequestRecord | undefined): string {
  return String(record?.body.messages[0]?.content ?? "");
}

describe.each(Object.keys(MODELS))("%s", (kind) => {
  /** A provider of its own on the shared mock, with trouble arranged. */
  async function arranged(name: string, change: Control = {}, deadlineMs = 5_000) {
    const scope = new MockScope(inject("mockProviderUrl"), `${kind}/${name}`);
    await scope.control({ reset: true, ...change });
    const model = MODELS[kind]?.(scope.url, `haiku-${name}`);
    if (model === undefined) throw new Error(kind);
    return { scope, provider: providerOf(model, deadlineMs) };
  }

  async function failureOf(
    name: string,
    queue: Control["queue"],
    batch = sampleBatch(),
  ): Promise<ProviderFailure & { calls: number }> {
    const { scope, provider } = await arranged(name, { queue: queue ?? [] });
    const outcome = await provider.compress(batch, never);
    if (outcome.ok) throw new Error(`${name}: a failure was expected`);
    return { ...outcome.failure, calls: (await scope.stats()).requests };
  }

  it("turns a batch into observations that cite its events, and tells what it used", async () => {
    const { scope, provider } = await arranged("sound");
    const batch = sampleBatch();
    const outcome = await provider.compress(batch, never);
    if (!outcome.ok) throw new Error(outcome.failure.message);
    const { result } = outcome;
    expect(new Set(result.observations.flatMap((o) => o.sources))).toEqual(
      new Set(batch.events.map((event) => event.key)),
    );
    expect(result.summary?.sources).toEqual(["stop:1", "prompt:1"]);
    expect(result.model).toBe("haiku-sound");
    const [record] = await scope.requests();
    expect(result.usage).toEqual({
      input: Math.ceil((record?.textChars ?? 0) / 4),
      output: Math.ceil((record?.outputChars ?? 0) / 4),
    });
    expect(provider.estimate(batch).input).toBeGreaterThan(result.usage.input);
    expect(provider.estimate(batch).output).toBeGreaterThan(result.usage.output);
  });

  it("counts an estimate where no figures are told, so that no call is free", async () => {
    const { provider } = await arranged("no-figures", { queue: ["no_usage"] });
    const outcome = await provider.compress(sampleBatch(), never);
    const estimate = provider.estimate(sampleBatch());
    if (!outcome.ok) throw new Error(outcome.failure.message);
    expect(outcome.result.usage.input).toBe(estimate.input);
    expect(outcome.result.usage.output).toBeGreaterThan(50);
    expect(outcome.result.usage.output).toBeLessThan(estimate.output);
  });

  it("tells overload, network, access, content and nonsense apart", async () => {
    const cases: [string, Control["queue"], ProviderFailure["kind"], number][] = [
      ["rate", ["rate_limited"], "overloaded", 1],
      ["overloaded", ["overloaded"], "overloaded", 1],
      ["server", ["server_error"], "overloaded", 1],
      ["cut-off", ["cut_off"], "network", 1],
      ["key", ["unauthorized"], "refused_access", 1],
      ["model", ["no_model"], "refused_access", 1],
      ["credit", ["credit"], "refused_access", 1],
      ["quota", ["quota"], "refused_access", 1],
      // Tried once more: with less of the batch, or with what was wrong.
      ["refusal", ["refusal", "refusal"], "refused_content", 2],
      ["bad", ["bad_request", "bad_request"], "refused_content", 2],
      ["long", ["too_long", "too_long"], "too_long", 2],
      ["schema", ["wrong_json", "not_json"], "invalid_output", 2],
      ["cut-answer", ["max_tokens", "max_tokens"], "invalid_output", 2],
      ["both", ["not_json", "refusal", "not_json"], "invalid_output", 3],
      ["then-overload", ["not_json", "overloaded"], "overloaded", 2],
    ];
    for (const [name, queue, kind, calls] of cases) {
      const failure = await failureOf(name, queue);
      expect({ name, kind: failure.kind, calls: failure.calls }).toEqual({ name, kind, calls });
      expect(failure.message).not.toMatch(/credit balance|x-api-key|mock/);
    }
  });

  it("honours how long to wait: seconds, milliseconds, a date, within an hour", async () => {
    const wait = async (name: string, retryAfter?: string, retryAfterMs?: string) =>
      (
        await failureOf(`wait-${name}`, [
          {
            kind: "rate_limited",
            ...(retryAfter !== undefined && { retryAfter }),
            ...(retryAfterMs !== undefined && { retryAfterMs }),
          },
        ])
      ).retryAfterMs;
    expect(await wait("none")).toBeNull();
    expect(await wait("seconds", "7")).toBe(7_000);
    expect(await wait("exact", "7", "250")).toBe(250);
    expect(await wait("date", "Mon, 23 Nov 2026 10:00:30 GMT")).toBe(30_000);
    expect(await wait("past", "Mon, 23 Nov 2026 09:00:00 GMT")).toBe(0);
    expect(await wait("ages", "999999")).toBe(3_600_000);
    expect(await wait("invalid_output", "soon")).toBeNull();
    expect(retryAfterMs(undefined, NOW)).toBeNull();
  });

  it("answers nonsense once with what was wrong, and counts both calls", async () => {
    const { scope, provider } = await arranged("again", { queue: ["wrong_json", "ok"] });
    const outcome = await provider.compress(sampleBatch(), never);
    if (!outcome.ok) throw new Error(outcome.failure.message);
    const [first, second] = await scope.requests();
    expect(messageOf(first)).not.toContain("could not be used");
    expect(messageOf(second)).toContain(
      "could not be used: it was not of the schema (observations",
    );
    const stats = await scope.stats();
    expect(outcome.result.usage.input).toBeGreaterThan(((first?.textChars ?? 0) / 4) * 1.9);
    expect(outcome.result.usage.output).toBe(
      Math.ceil((first?.outputChars ?? 0) / 4) + Math.ceil((second?.outputChars ?? 0) / 4),
    );
    expect(stats.requests).toBe(2);
  });

  it("sends less after a refusal, and counts what the failed calls used", async () => {
    const big: ObserverBatch = sampleBatch({
      events: Array.from({ length: 6 }, (_, index) =>
        toolEvent(
          `big${index}`,
          "Bash",
          { command: `step ${index}` },
          "a line of words\n".repeat(300),
        ),
      ),
    });
    const { scope, provider } = await arranged("less", { queue: ["refusal", "ok"] });
    const outcome = await provider.compress(big, never);
    expect(outcome.ok).toBe(true);
    const [first, second] = await scope.requests();
    expect(messageOf(second).length).toBeLessThan(messageOf(first).length / 2);

    const failure = await failureOf("less-failed", ["not_json", "not_json"], big);
    expect(failure.usage.input).toBeGreaterThan(1_000);
    expect(failure.usage.output).toBeGreaterThan(0);
  });

  it("ends at the caller's signal, at its deadline, and when nobody listens", async () => {
    const { scope, provider } = await arranged("hang", { queue: ["hang"] });
    const caller = new AbortController();
    const pending = provider.compress(sampleBatch(), caller.signal);
    while ((await scope.stats()).open === 0) await new Promise((done) => setTimeout(done, 5));
    caller.abort();
    expect(await pending).toMatchObject({ ok: false, failure: { kind: "aborted" } });
    expect(await provider.compress(sampleBatch(), caller.signal)).toMatchObject({
      failure: { kind: "aborted" },
    });

    const hasty = await arranged("deadline", { queue: ["hang"] }, 100);
    expect(await hasty.provider.compress(sampleBatch(), never)).toMatchObject({
      failure: { kind: "network", message: "no answer within 100 ms" },
    });
    const model = MODELS[kind]?.("http://127.0.0.1:1", "nobody");
    expect(model && (await providerOf(model).compress(sampleBatch(), never))).toMatchObject({
      failure: {
        kind: "network",
        message: expect.stringMatching(/^no answer from the provider/),
        usage: { input: 0, output: 0 },
      },
    });
  });
});

describe("a server that speaks OpenAI's chat completions", () => {
  async function arranged(name: string, model: string, apiKey: string | null = "mock") {
    const scope = new MockScope(inject("mockProviderUrl"), `openai/${name}`);
    await scope.control({ reset: true });
    const asked = openAiCompatibleModel({ apiKey, baseURL: `${scope.url}/v1`, model });
    return { scope, provider: providerOf(asked) };
  }

  it("is held to the schema where it knows schemas, and is told the key, or none", async () => {
    const { scope, provider } = await arranged("strict", "small");
    await provider.compress(sampleBatch(), never);
    const open = await arranged("strict-open", "small", null);
    await open.provider.compress(sampleBatch(), never);
    const [record] = await scope.requests();
    expect(record?.sent).toMatchObject({
      model: "small",
      response_format: { type: "json_schema", json_schema: { strict: true } },
    });
    expect(record?.headers.authorization).toBe("Bearer mock");
    expect((await open.scope.requests())[0]?.headers).not.toHaveProperty("authorization");
  });

  it("that knows no schemas is asked for JSON, told the schema in words, and asked so from then on", async () => {
    const { scope, provider } = await arranged("loose", "local");
    await scope.control({ queue: ["no_schema", "ok", "ok"] });
    expect(await provider.compress(sampleBatch(), never)).toMatchObject({ ok: true });
    expect(await provider.compress(sampleBatch(), never)).toMatchObject({ ok: true });
    const sent = (await scope.requests()).map(({ sent }) => sent.response_format);
    expect(sent).toEqual([
      expect.objectContaining({ type: "json_schema" }),
      { type: "json_object" },
      { type: "json_object" },
    ]);
  });

  it("that knows neither is told in words alone", async () => {
    const { scope, provider } = await arranged("words", "older");
    await scope.control({ queue: ["no_schema", "no_schema", "ok"] });
    expect(await provider.compress(sampleBatch(), never)).toMatchObject({ ok: true });
    expect((await scope.requests()).at(-1)?.sent).not.toHaveProperty("response_format");
  });

  it("gives a model that thinks room for it", async () => {
    const small = (await arranged("room", "gpt-4.1-mini")).provider.estimate(sampleBatch());
    const thinker = (await arranged("room", "openai/gpt-5-mini")).provider.estimate(sampleBatch());
    expect(thinker.output - small.output).toBe(2_000);
  });

  it.each([
    ["thinks aloud", (json: string) => `<think>Is {this} it?</think>\n${json}`],
    ["fences its JSON", (json: string) => `Here it is:\n\`\`\`json\n${json}\n\`\`\`\nDone.`],
  ])("is understood where its model %s", (_, wrap) => {
    const json = JSON.stringify({
      observations: [],
      open_points: [],
      closed: [],
      wrong: [],
      summary: null,
    });
    const call = { system: "", message: "", maxTokens: 9, schema: null };
    const message = { content: wrap(json) };
    const answer = readCompletion({ choices: [{ finish_reason: "stop", message }] }, call);
    expect(answer.ok && readOutput(answer.text)).toMatchObject({ ok: true });
  });

  it("that passes on the failure of another server is taken at its word", () => {
    const call = { system: "", message: "", maxTokens: 9, schema: null };
    const kind = (body: unknown) => {
      const answer = readCompletion(body, call);
      return answer.ok ? "ok" : answer.failure.kind;
    };
    expect(kind({ error: { code: 429, message: "upstream is busy" } })).toBe("overloaded");
    expect(kind({ error: { code: 402, message: "Insufficient credits" } })).toBe("refused_access");
    expect(kind({ hello: "world" })).toBe("network");
    const cut = { finish_reason: "error", message: { content: "half" } };
    expect(kind({ choices: [cut] })).toBe("overloaded");
  });
});

describe("errors as servers word them", () => {
  it.each([
    [400, '{"error":{"message":"No models loaded. Please load a model"}}', "refused_access"],
    [400, '{"error":"model \'qwen3\' not found"}', "refused_access"],
    [
      400,
      '{"object":"error","message":"This model\'s maximum context length is 4096 tokens"}',
      "too_long",
    ],
    [402, '{"error":{"message":"Insufficient Balance","type":"unknown_error"}}', "refused_access"],
    [
      429,
      '{"error":{"message":"Rate limit exceeded: free-models-per-min","code":429}}',
      "overloaded",
    ],
    [422, '{"detail":[{"loc":["body","messages"],"msg":"field required"}]}', "refused_content"],
    [502, "<html>Bad gateway</html>", "overloaded"],
    [301, "", "refused_access"],
  ] as const)("status %i, %s", (status, body, kind) => {
    expect(kindOf(readRefusal(status, body))).toBe(kind);
  });
});
