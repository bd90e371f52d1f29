import { spawn } from "node:child_process";
import { cpSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ROOT } from "../../src/cli/installation.ts";
import { isGroupAlive } from "../../src/cli/server/process-group.ts";
import { goneWithin } from "../../src/cli/server/process-table.ts";
import { environment, removeTemporaryFolders, run, temporaryFolder } from "./cli-command.ts";
import { untilReady } from "./local-server.ts";

/** wrangler starts slowly, on machines that may be busy. */
const PROCESSES_MS = 180_000;
const GONE_WITHIN_MS = 5_000;

const RECORDING = join(ROOT, "test", "fixtures", "claude-code-hooks.jsonl");

/** A clone of its own: wrangler keeps secrets and state beside wrangler.toml. */
function cloneOfItsOwn(): string {
  const clone = temporaryFolder("dev");
  for (const name of [
    "bin",
    "migrations",
    "package.json",
    "src",
    "tsconfig.json",
    "wrangler.toml",
  ]) {
    cpSync(join(ROOT, name), join(clone, name), { recursive: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(clone, "node_modules"));
  return clone;
}

afterAll(removeTemporaryFolders);

describe("cairn dev", { timeout: PROCESSES_MS }, () => {
  it("makes a key, serves the same Worker by wrangler, and is there again after a kill", async () => {
    const clone = cloneOfItsOwn();
    const cairn = join(clone, "bin", "cairn.js");
    const env = environment(clone, { PORT: "0" });
    const secrets = join(clone, ".dev.vars");
    writeFileSync(secrets, "CAIRN_IGNORE=*.secret", { mode: 0o644 });
    const startDev = () =>
      untilReady(
        spawn(cairn, ["dev"], { env, cwd: clone, stdio: ["ignore", "pipe", "pipe"] }),
        join(clone, ".wrangler", "dev"),
      );

    const first = await startDev();
    expect(readFileSync(secrets, "utf8")).toMatch(
      new RegExp(
        `^CAIRN_IGNORE=\\*\\.secret\nCAIRN_KEY=${first.key}\nCAIRN_SECRET=[0-9a-f]{64}\n$`,
      ),
    );
    expect(statSync(secrets).mode & 0o077).toBe(0);
    expect(first.output()).toContain(
      `${cairn} connect claude-code --url ${first.url} --key ${first.key}`,
    );
    const second = await run(cairn, ["dev"], { env, cwd: clone });
    expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining("already runs") });

    const target = (url: string) => ["--url", url, "--key", first.key];
    const replayed = await run(cairn, ["replay", ...target(first.url), RECORDING], {
      env,
      cwd: clone,
    });
    expect(replayed.stdout).toContain("0 dead, 0 not processed (closed)");

    const { pid, runtimePid } = first.pids();
    process.kill(pid, "SIGKILL");
    expect(await goneWithin(() => isGroupAlive(runtimePid), GONE_WITHIN_MS)).toBe(true);

    const again = await startDev();
    expect(again.key).toBe(first.key);
    const found = await run(cairn, ["search", ...target(again.url), "--all", "rounding", "cent"], {
      env,
      cwd: clone,
    });
    expect(found.stdout).toContain("money.ts");
    const group = again.pids().runtimePid;
    expect(await again.stop()).toBe(0);
    expect(isGroupAlive(group)).toBe(false);
  });
});
