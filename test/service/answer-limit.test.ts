import { expect, it } from "vitest";
import { call, hook, KEY, payload } from "../support/api.ts";

const PROJECT = "github.com/acme/limited";

/** A start anew, which is told all that its project knows. */
async function startOf(session: string, key: string): Promise<string | undefined> {
  const { status, body } = await hook(payload(session, "SessionStart", { source: "clear" }), {
    "X-Cairn-Project": PROJECT,
    Authorization: `Bearer ${key}`,
  });
  expect(status).toBe(200);
  return body.hookSpecificOutput?.additionalContext;
}

it("tells a key to capture at most 60 times in an hour and session, and stores what it sends", async () => {
  await call("POST", "/v1/observations", {
    body: JSON.stringify({ project: PROJECT, title: "The walrus is red", narrative: "Always." }),
  });
  const made = await call("POST", "/v1/keys", {
    body: JSON.stringify({ scope: "capture", label: "a machine" }),
  });
  const { key } = await made.json<{ key: string }>();

  for (let i = 0; i < 40; i++) expect(await startOf("curious", key)).toContain("walrus");
  // Many at once are no way around it.
  const rest = await Promise.all(Array.from({ length: 40 }, () => startOf("curious", key)));
  expect(rest.filter((told) => told !== undefined)).toHaveLength(20);
  expect(await startOf("curious", key)).toBeUndefined();

  const prompt = payload("curious", "UserPromptSubmit", { prompt: "What of the walrus?" });
  const sent = await hook(prompt, { Authorization: `Bearer ${key}` });
  expect(sent).toEqual({ status: 200, event: "stored", body: {} });
  // Another session has an hour of its own, and a full key none.
  expect(await startOf("another", key)).toContain("walrus");
  expect(await startOf("curious", KEY)).toContain("walrus");
});
