import { describe, expect, inject, it } from "vitest";
import { toDrafts } from "../../src/agent/output-schema.ts";
import { observerPrompt } from "../../src/agent/prompt.ts";
import type { ObserverBatch, ProviderFailure } from "../../src/agent/provider.ts";
import { ANTHROPIC_DEFAULT_MODEL, anthropicProvider } from "../../src/agent/providers/anthropic.ts";
import { classifyError, retryAfterMs } from "../../src/agent/providers/anthropic-failure.ts";
import { noOpenWork, type OpenFailure } from "../../src/agent/rules/open-work.ts";
import { type Control, MockScope, type RequestRecord } from "../support/mock-provider/protocol.ts";
import { sampleBatch, toolEvent } from "../support/sample-batch.ts";

const NOW = Date.parse("2026-11-23T10:00:00Z");

/** A provider of its own on the shared mock, with trouble arranged. */
async function arranged(name: string, change: Control = {}, deadlineMs = 5_000) {
  const scope = new MockScope(inject("mockProviderUrl"), `anthropic/${name}`);
  await scope.control({ reset: true, ...change });
  const provider = anthropicProvider({
    apiKey: "mock",
    baseURL: scope.url,
    model: null,
    deadlineMs,
    now: () => NOW,
  });
  return { scope, provider };
}

const never = new AbortController().signal;

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

function fixedPart({ body }: RequestRecord): string {
  const { messages: _messages, max_tokens: _room, ...fixed } = body;
  return JSON.stringify(fixed);
}

function messageOf(record: RequestRecord | undefined): string {
  return String(record?.body.messages[0]?.content ?? "");
}

describe("the Anthropic provider", () => {
  it("turns a batch into observations that cite its events, and a summary at the turn's end", async () => {
    const { scope, provider } = await arranged("sound");
    const batch = sampleBatch();
    const outcome = await provider.compress(batch, never);
    if (!outcome.ok) throw new Error(outcome.failure.message);
    const { result } = outcome;
    expect(new Set(result.observations.flatMap((o) => o.sources))).toEqual(
      new Set(batch.events.map((event) => event.key)),
    );
    expect(result.observations[0]?.index_text).toContain("Math.round");
    expect(result.summary?.sources).toEqual(["stop:1", "prompt:1"]);
    expect(result.model).toBe(ANTHROPIC_DEFAULT_MODEL);
    const [record] = await scope.requests();
    expect(result.usage.input).toBe(Math.ceil((record?.textChars ?? 0) / 4));
    expect(result.usage.output).toBe(Math.ceil((record?.outputChars ?? 0) / 4));
    // One bounded call without tools, thinking or history.
    expect(record?.body).toMatchObject({ thinking: { type: "disabled" } });
    expect(record?.body.messages).toHaveLength(1);
    expect(provider.estimate(batch).input).toBeGreaterThan(result.usage.input);
    expect(provider.estimate(batch).output).toBeGreaterThan(result.usage.output);
  });

  it("asks for no summary in the middle of a turn, and tells the request there", async () => {
    const { scope, provider } = await arranged("middle");
    const whole = sampleBatch();
    const outcome = await provider.compress(
      {
        ...whole,
        turn: { ...whole.turn, ends: false },
        events: whole.events.filter(
          (event) => event.kind !== "prompt" && event.kind !== "turn_end",
        ),
      },
      never,
    );
    expect(outcome.ok && outcome.result.summary).toBeNull();
    expect(messageOf((await scope.requests())[0])).toContain(
      "<request>\nMake the checkout round correctly\n</request>",
    );
  });

  it("sends the same bytes but for the message, whatever the batch, in under 1,200 tokens", async () => {
    const { scope, provider } = await arranged("fixed");
    await provider.compress(sampleBatch(), never);
    await provider.compress(
      sampleBatch({
        root: null,
        recentTitles: [],
        turn: { promptNumber: 9, request: null, ends: false },
      }),
      never,
    );
    const [first, second] = (await scope.requests()).map(fixedPart);
    expect(first).toBe(second);
    expect((first?.length ?? 0) / 4).toBeLessThan(1_200);
  });

  it("shows what earlier batches left open, and takes what the answer says of it", () => {
    const failure: OpenFailure = {
      command: "npm run lint",
      programs: ["npm run lint"],
      kind: "lint",
      label: null,
      message: "2 problems in price.ts",
      named: ["price.ts"],
      attempts: ["sort the imports"],
      tried: [],
      words: [],
      gone: false,
      age: 1,
      sources: ["tool:lint"],
    };
    const batch = sampleBatch({
      recentTitles: ["Prices are stored in cents", "VAT is a constant"],
      openPoints: [{ text: "Publish the release notes" }, { text: "Translate the banner" }],
      openWork: {
        ...noOpenWork(),
        failures: [failure],
        delivered: [{ key: "tool:vat", text: "VAT is a constant. In price.ts.", paths: [] }],
      },
    });
    batch.events.unshift(toolEvent("own", "Bash", { command: "cairn search vat" }, "nothing"));
    const { message, refs } = observerPrompt(batch, "normal", null);
    expect(message).toContain(
      "<noted>\n- Prices are stored in cents\nn1 VAT is a constant\n</noted>",
    );
    expect(message).toContain("npm run lint: 2 problems in price.ts; tried: sort the imports");
    expect(message).toContain("p1 Publish the release notes\np2 Translate the banner");
    expect(message).not.toContain("cairn search");
    expect([...refs.events.values()]).not.toContain("tool:own");

    const output = {
      observations: [],
      open_points: [
        { text: "Round the totals too", ref: "e6" },
        { text: "Nobody said so", ref: "e99" },
      ],
      closed: [
        { point: "p2", ref: "[e5]" },
        { point: "p7", ref: "e5" },
        { point: "p1", ref: "e99" },
      ],
      wrong: [
        { noted: "n1", why: "VAT comes from the settings now" },
        { noted: "n2", why: "never noted" },
      ],
      summary: { request: "Rounding", investigated: "", learned: "", completed: "Rounded" },
    };
    expect(toDrafts(output, batch, refs)).toMatchObject({
      openPoints: [{ text: "Round the totals too", sources: ["stop:1"] }],
      closes: [{ index: 1, proof: "tool:test2" }],
      corrects: [{ source: "tool:vat", reason: "VAT comes from the settings now" }],
      summary: { completed: "Rounded", next_steps: "Round the totals too" },
    });
    const middle = { ...batch, turn: { ...batch.turn, ends: false } };
    expect(toDrafts(output, middle, refs)).toMatchObject({ openPoints: [], summary: null });
  });

  it("drops invented refs, and what is left without a source", async () => {
    const { provider } = await arranged("invented", { queue: ["invented_refs"] });
    const batch = sampleBatch();
    const outcome = await provider.compress(batch, never);
    if (!outcome.ok) throw new Error(outcome.failure.message);
    const known = new Set(batch.events.map((event) => event.key));
    const { observations } = outcome.result;
    expect(observations.map((o) => o.title)).not.toContain("Something that nobody did");
    expect(observations.flatMap((o) => o.sources).filter((key) => !known.has(key))).toEqual([]);
    expect(observations.length).toBeGreaterThan(0);
  });

  it("maps stray types and concepts and cuts what is too long instead of failing on it", async () => {
    const { provider } = await arranged("sloppy", { queue: ["sloppy"] });
    const outcome = await provider.compress(sampleBatch(), never);
    const observation = outcome.ok ? outcome.result.observations[0] : undefined;
    expect(observation?.type).toBe("bugfix");
    expect(observation?.concepts).toEqual(["what-changed"]);
    expect(observation?.title.length).toBeLessThanOrEqual(90);
  });

  it("gives no title twice", async () => {
    const { provider } = await arranged("titles");
    const first = await provider.compress(sampleBatch(), never);
    const recentTitles = first.ok ? first.result.observations.map(({ title }) => title) : [];
    const second = await provider.compress(sampleBatch({ recentTitles }), never);
    const titles = second.ok ? second.result.observations.map(({ title }) => title) : [];
    expect(titles.length).toBeGreaterThan(0);
    expect(titles.filter((title) => recentTitles.includes(title))).toEqual([]);
  });

  it("tells overload, network, access, content and nonsense apart", async () => {
    const cases: [string, Control["queue"], ProviderFailure["kind"], number][] = [
      ["rate", ["rate_limited"], "overloaded", 1],
      ["overloaded", ["overloaded"], "overloaded", 1],
      ["server", ["server_error"], "overloaded", 1],
      ["cut-off", ["cut_off"], "network", 1],
      ["key", ["unauthorized"], "refused_access", 1],
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
    const nobody = anthropicProvider({ apiKey: "x", baseURL: "http://127.0.0.1:1", model: null });
    expect(await nobody.compress(sampleBatch(), never)).toMatchObject({
      failure: { kind: "network", usage: { input: 0, output: 0 } },
    });
  });

  it("takes what is no error of the API for a broken answer", () => {
    expect(classifyError(new SyntaxError("Unexpected end"), NOW)).toEqual({
      kind: "network",
      message: "the answer could not be read (SyntaxError)",
      retryAfterMs: null,
    });
  });

  it("leaves other models their thinking, with room for it", async () => {
    const { scope } = await arranged("models");
    const call = async (model: string) => {
      await anthropicProvider({ apiKey: "mock", baseURL: scope.url, model }).compress(
        sampleBatch(),
        never,
      );
      return (await scope.requests()).at(-1)?.body;
    };
    const small = await call("claude-haiku-4-5");
    const large = await call("claude-opus-5-5");
    expect(small).toHaveProperty("thinking");
    expect(large).not.toHaveProperty("thinking");
    expect(large?.max_tokens ?? 0).toBeGreaterThan(small?.max_tokens ?? 0);
  });
});
