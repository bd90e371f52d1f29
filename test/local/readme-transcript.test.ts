import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../../src/cli/installation.ts";
import { run } from "./cli-command.ts";

/** A server and five commands, on machines that may be busy. */
const PROCESSES_MS = 180_000;

it("has a README whose transcript is what the commands print", {
  timeout: PROCESSES_MS,
}, async () => {
  const script = join(ROOT, "scripts", "readme-transcript.ts");
  const made = await run(process.execPath, [script, "--check"], { cwd: ROOT, env: process.env });
  expect(made.stderr).toBe("");
  expect(made.code).toBe(0);
});
