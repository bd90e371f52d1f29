import { expect, it } from "vitest";
import { get, hook, settle } from "../support/api.ts";

const prompt = (session: string) => ({
  session_id: session,
  cwd: "/home/dev/src/starts",
  hook_event_name: "UserPromptSubmit",
  prompt: "Begin",
});

async function starts() {
  const { body } = await get("/v1/doctor");
  return body.checks.find((check: { name: string }) => check.name === "starts");
}

it("a session whose start was never heard of is a warning, until its start comes", async () => {
  await hook({ ...prompt("heard"), hook_event_name: "SessionStart", source: "startup" });
  await hook(prompt("heard"));
  await settle("heard");
  expect(await starts()).toEqual({
    name: "starts",
    ok: true,
    detail: "sessions tell of their start",
  });

  await hook(prompt("missed"));
  await settle("missed");
  expect(await starts()).toMatchObject({
    ok: true,
    warning: true,
    detail: expect.stringMatching(/^claude-code\/missed began without the hook of their start/),
  });
  await hook({ ...prompt("missed"), hook_event_name: "SessionStart", source: "resume" });
  expect(await starts()).not.toHaveProperty("warning");
});
