import { afterEach, expect, it, vi } from "vitest";
import { createLog } from "../../src/platform/log.ts";

afterEach(() => vi.restoreAllMocks());

/** The lines that were logged, parsed. */
function lines() {
  const written: unknown[] = [];
  for (const level of ["log", "warn", "error"] as const) {
    vi.spyOn(console, level).mockImplementation((line: string) => {
      written.push(JSON.parse(line));
    });
  }
  return written;
}

it("names team, session and project on each line, and what an inner log adds", () => {
  const written = lines();
  const log = createLog({ team: "acme" });
  const inner = log.with({ session: "claude-code/s1", project: "github.com/acme/app" });
  log("info", "backfill_done", { items: 3 });
  inner("warn", "batch_failed", { batch: 7 });
  expect(written).toEqual([
    { event: "backfill_done", level: "info", team: "acme", items: 3 },
    {
      event: "batch_failed",
      level: "warn",
      team: "acme",
      session: "claude-code/s1",
      project: "github.com/acme/app",
      batch: 7,
    },
  ]);
});

it("tells an error's name, message and first frames, but not what the message quotes", () => {
  const written = lines();
  const faults: unknown[] = ["thrown text"];
  for (const fault of [
    () => JSON.parse('password: "hunter2", more'),
    () => {
      throw new TypeError('fts5: syntax error near "my "secret" words"');
    },
  ]) {
    try {
      fault();
    } catch (error) {
      faults.push(error);
    }
  }
  for (const fault of faults) createLog()("error", "drain_failed", {}, fault);
  expect(written).toMatchObject([
    { error: { name: "string" } },
    { error: { name: "SyntaxError", message: expect.stringContaining("JSON") } },
    { error: { name: "TypeError", message: 'fts5: syntax error near "…"' } },
  ]);
  expect(JSON.stringify(written)).not.toMatch(/hunter2|secret|thrown text/);
  const frames = (written[2] as { error: { frames: string[] } }).error.frames;
  expect(frames.length).toBeGreaterThan(0);
  expect(frames[0]).toContain("log.pure.test.ts");
});

it("holds every field to a length that no content fits into", () => {
  const written = lines();
  createLog()(
    "error",
    "request_failed",
    { route: "x".repeat(5_000) },
    new Error("y".repeat(5_000)),
  );
  expect(JSON.stringify(written).length).toBeLessThan(3_000);
});
