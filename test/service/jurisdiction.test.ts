import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { readConfig } from "../../src/config.ts";
import { checkJurisdiction } from "../../src/service/jurisdiction.ts";

const at = (jurisdiction: string): Env => ({ ...env, CAIRN_JURISDICTION: jurisdiction }) as Env;

describe("the jurisdiction of a deployment", () => {
  it("is that of its first request: every other one is refused in words, until it is set back", async () => {
    await checkJurisdiction(at(""));
    await expect(checkJurisdiction(at("eu"))).rejects.toMatchObject({
      code: "not_configured",
      message: expect.stringMatching(
        /CAIRN_JURISDICTION is eu, but this deployment began with none/,
      ),
    });
    await checkJurisdiction(at(""));
  });

  it("is one that the platform has: anything else is no place to write to", () => {
    expect(() => readConfig(at("europe"))).toThrow(/CAIRN_JURISDICTION is eu, us, fedramp/);
    expect(readConfig(at("eu")).jurisdiction).toBe("eu");
    expect(readConfig(at("")).jurisdiction).toBeNull();
  });
});
