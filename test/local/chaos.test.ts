import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { runChaos } from "../chaos/run.ts";
import { temporaryFolder } from "./cli-command.ts";

const SHARED = fileURLToPath(new URL("../../../shared/data/claude-code-sessions", import.meta.url));
const OWN = fileURLToPath(new URL("../fixtures/claude-code-hooks.jsonl", import.meta.url));

/** Processes that start again and again, on machines that may be busy. */
const LIMIT_MS = 300_000;

it("loses nothing and stores nothing twice, wherever the server is killed", {
  timeout: LIMIT_MS,
}, async () => {
  const report = await runChaos({
    kills: 10,
    seed: 20_261_123,
    data: existsSync(SHARED) ? SHARED : OWN,
    chain: "mixed",
    home: temporaryFolder("chaos"),
    port: 0,
    hooksPerKill: 24,
    say: () => {},
  });
  expect(report.violations).toEqual([]);
  // The run did what it is for: kills cut requests off, and the provider made trouble.
  expect(report.unanswered).toBeGreaterThan(0);
  expect(report.events.done).toBeGreaterThan(0);
  expect(Object.keys(report.outcomes).length).toBeGreaterThan(2);
});
