/** The runtime runs an alarm again whose process was killed: no alarm of ours has to stand behind it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { killGroup } from "../../src/cli/server/process-group.ts";
import { MockScope } from "../support/mock-provider/protocol.ts";
import { startMockProvider } from "../support/mock-provider/server.ts";
import { startServer } from "./local-server.ts";

it("goes on by itself after a kill in the middle of a provider's call", {
  timeout: 60_000,
}, async () => {
  const mock = await startMockProvider();
  const provider = new MockScope(mock.url, "killed");
  await provider.control({ queue: ["hang", "ok"] });
  const home = mkdtempSync(join(tmpdir(), "cairn-killed-"));
  const settings = {
    CAIRN_PROVIDER: "anthropic",
    ANTHROPIC_API_KEY: "sk-test",
    ANTHROPIC_BASE_URL: provider.url,
  };
  let server = await startServer(home, settings);
  const hook = async (name: string, fields: object) => {
    const { status } = await fetch(`${server.url}/hooks/claude-code`, {
      method: "POST",
      headers: { Authorization: `Bearer ${server.key}`, "Content-Type": "application/json" },
      body: JSON.stringify({ session_id: "s", cwd: home, hook_event_name: name, ...fields }),
    });
    expect(status).toBe(200);
  };
  try {
    await hook("UserPromptSubmit", { prompt: "Teach the walrus", prompt_id: "p1" });
    await hook("Stop", { last_assistant_message: "Taught.", prompt_id: "p1" });
    const stats = async () => await provider.stats();
    await expect.poll(stats, { timeout: 10_000 }).toMatchObject({ requests: 1, open: 1 });
    killGroup(server.pids().runtimePid);
    await server.ended;
    server = await startServer(home, settings);
    // Nothing but the server's start has happened since.
    await expect.poll(stats, { timeout: 20_000 }).toMatchObject({ requests: 2, open: 0 });
  } finally {
    await server.stop();
    await mock.close();
    rmSync(home, { recursive: true, force: true });
  }
});
