import { expect, it } from "vitest";
import { workerVariables } from "../../src/config.ts";

it("a key that stands in a shell for other programs goes to no Worker that was not told to take it", () => {
  const shell = { OPENAI_API_KEY: "sk-other", PATH: "/bin", CAIRN_MODEL: "small" };
  expect(workerVariables(shell)).not.toHaveProperty("OPENAI_API_KEY");
  expect(workerVariables(shell)).toMatchObject({ CAIRN_MODEL: "small", CAIRN_PROVIDER: "" });
  for (const CAIRN_PROVIDER of ["openai-compatible", "anthropic, openai-compatible:qwen3:8b"]) {
    expect(workerVariables({ ...shell, CAIRN_PROVIDER })).toMatchObject({
      OPENAI_API_KEY: "sk-other",
    });
  }
});
