import { describe, expect, it } from "vitest";
import { tellProviders } from "../../src/cli/providers.ts";
import { readConfig } from "../../src/config.ts";
import type { ListedSession } from "../../src/contract/sessions.ts";
import { costOfEvents, providerStatuses } from "../../src/service/providers.ts";

/** What the start and `cairn status` say, with these settings and these open sessions. */
function told(settings: Record<string, string>, views: Partial<ListedSession>[] = []): string[] {
  const config = readConfig(settings);
  const live = views.map((view) => ({ paused_providers: [], ...view, live: true }));
  return tellProviders({
    providers: providerStatuses(config, live as ListedSession[]),
    per_1000_tool_events: costOfEvents(config),
  });
}

describe("who compresses", () => {
  it("costs nothing by rules", () => {
    expect(told({})).toEqual(["extractive (rules, no model); costs nothing"]);
  });

  it("is told with its model and what 1,000 tool events cost, in money where prices are set", () => {
    const settings = { ANTHROPIC_API_KEY: "k", CAIRN_MODEL: "small" };
    const tokens = "about 400,000 tokens in and 60,000 out per 1,000 tool events";
    expect(told(settings)).toEqual([
      `anthropic (small), then extractive (rules, no model); ${tokens} (in money: set CAIRN_PRICES=<in>/<out> per million)`,
    ]);
    expect(told({ ...settings, CAIRN_PRICES: "small=1/5, other=9/9" })[0]).toContain("($0.70)");
  });

  it("is told with what is wrong: settings that cannot be used, refusals, other failures", () => {
    const chain = { CAIRN_PROVIDER: "openai-compatible,anthropic,extractive", CAIRN_MODEL: "m" };
    const settings = { ...chain, OPENAI_BASE_URL: "http://127.0.0.1:1/v1", CAIRN_PRICES: "cheap" };
    const until = "2026-11-23T10:00:00.000Z";
    const refused = { provider: "openai-compatible", until, reason: "status 401 invalid_api_key" };
    expect(told(settings, [{ paused_providers: [refused] }])).toEqual([
      expect.stringMatching(/^openai-compatible \(m\), then extractive/),
      `openai-compatible: status 401 invalid_api_key; asked again from ${until}`,
      "anthropic: left out: set ANTHROPIC_API_KEY, or take it off the chain",
      expect.stringMatching(/^CAIRN_PRICES: left out: "cheap" is no price/),
    ]);
    const failing = { provider: "openai-compatible", reason: "no answer within 60000 ms" };
    expect(told(settings, [{ failing_providers: [failing] }])[1]).toBe(
      "openai-compatible: no answer within 60000 ms",
    );
  });
});
