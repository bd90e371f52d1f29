import { describe, expect, inject, it } from "vitest";
import { toDrafts } from "../../src/agent/output-schema.ts";
import { observerPrompt } from "../../src/agent/prompt.ts";
import { ANTHROPIC_DEFAULT_MODEL, anthropicModel } from "../../src/agent/providers/anthropic.ts";
import { providerOf } from "../../src/agent/providers/by-model.ts";
import { noOpenWork, type OpenFailure } from "../../src/agent/rules/open-work.ts";
import { type Control, MockScope, type RequestRecord } from "../support/mock-provider/protocol.ts";
import { sampleBatch, toolEvent } from "../support/sample-batch.ts";

/** A provider of its own on the shared mock, with trouble arranged. */
async function arranged(name: string, change: Control = {}) {
  const scope = new MockScope(inject("mockProviderUrl"), `anthropic/${name}`);
  await scope.control({ reset: true, ...change });
  const model = anthropicModel({ apiKey: "mock", baseURL: scope.url, model: null });
  return { scope, provider: providerOf(model) };
}

const never = new AbortController().signal;

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

  it("leaves other models their thinking, with room for it", async () => {
    const { scope } = await arranged("models");
    const call = async (model: string) => {
      const asked = anthropicModel({ apiKey: "mock", baseURL: scope.url, model });
      await providerOf(asked).compress(sampleBatch(), never);
      return (await scope.requests()).at(-1)?.body;
    };
    const small = await call("claude-haiku-4-5");
    const large = await call("claude-opus-5-5");
    expect(small).toHaveProperty("thinking");
    expect(large).not.toHaveProperty("thinking");
    expect(large?.max_tokens ?? 0).toBeGreaterThan(small?.max_tokens ?? 0);
  });
});
