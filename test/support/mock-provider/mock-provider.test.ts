import Anthropic from "@anthropic-ai/sdk";
import { expect, inject, it } from "vitest";
import { MockScope } from "./protocol.ts";
import { DEFAULT_MIX, drawOutcome } from "./trouble.ts";

it("plays a coding agent's model over server-sent events: commands first, then text", async () => {
  const scope = new MockScope(inject("mockProviderUrl"), "mock/agent");
  await scope.control({ reset: true, commands: ["true", "false"], closing: "All done." });
  const client = new Anthropic({
    apiKey: "mock",
    authToken: null,
    baseURL: scope.url,
    maxRetries: 0,
  });
  const messages: Anthropic.MessageParam[] = [{ role: "user", content: "Try both." }];
  const said: unknown[] = [];
  for (let turn = 0; turn < 3; turn++) {
    const message = await client.messages
      .stream({
        model: "any",
        max_tokens: 100,
        messages,
        tools: [{ name: "Bash", input_schema: { type: "object" } }],
      })
      .finalMessage();
    messages.push({ role: "assistant", content: message.content });
    const block = message.content[0];
    said.push(block?.type === "tool_use" ? block.input : block);
    if (block?.type !== "tool_use") break;
    const result = { type: "tool_result" as const, tool_use_id: block.id, content: "ok" };
    messages.push({ role: "user", content: [result] });
  }
  expect(said).toMatchObject([
    { command: "true" },
    { command: "false" },
    { type: "text", text: "All done." },
  ]);
  expect(await scope.stats()).toMatchObject({ requests: 3, cairnRequests: 0, open: 0 });
});

it("draws the same troubles from the same seed, and a new lot for a retry", () => {
  const draw = (seed: number, seen: number) =>
    Array.from(
      { length: 400 },
      (_, n) => drawOutcome(seed, `call ${n}`, seen, 0.3, DEFAULT_MIX).kind,
    );
  expect(draw(7, 0)).toEqual(draw(7, 0));
  expect(draw(7, 0)).not.toEqual(draw(7, 1));
  expect(draw(7, 0)).not.toEqual(draw(8, 0));
  const troubled = draw(7, 0).filter((kind) => kind !== "ok");
  expect(troubled.length).toBeGreaterThan(400 * 0.2);
  expect(troubled.length).toBeLessThan(400 * 0.4);
  expect(new Set(troubled).size).toBeGreaterThan(8);
});
