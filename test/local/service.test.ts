import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { CAIRN, environment, removeTemporaryFolders, run, temporaryFolder } from "./cli-command.ts";

const PROCESSES_MS = 120_000;

/**
 * What systemd does with a unit, as far as this needs it: starts the words of ExecStart in an
 * environment of its own, and ends them by SIGTERM.
 */
const SYSTEMCTL = `#!/usr/bin/env node
import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, appendFileSync, writeFileSync } from "node:fs";
const { HOME, PATH } = process.env;
const [user, verb] = process.argv.slice(2);
appendFileSync(HOME + "/asked", process.argv.slice(2).join(" ") + "\\n");
if (existsSync(HOME + "/no-bus")) {
  console.error("Failed to connect to bus: No medium found");
  process.exit(1);
}
const pidFile = HOME + "/unit.pid";
const stop = () => {
  if (!existsSync(pidFile)) return;
  try { process.kill(Number(readFileSync(pidFile, "utf8")), "SIGTERM"); } catch {}
  rmSync(pidFile);
};
if (verb === "restart") {
  stop();
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const unit = readFileSync(HOME + "/.config/systemd/user/cairn.service", "utf8");
  const words = [.../^ExecStart=(.*)$/m.exec(unit)[1].matchAll(/"((?:\\\\.|[^"])*)"|(\\S+)/g)]
    .map(([, quoted, bare]) => (quoted ?? bare).replaceAll(/\\\\(.)/g, "$1").replaceAll("%%", "%").replaceAll("$$", "$"));
  const child = spawn(words[0], words.slice(1), { env: { HOME, PATH }, detached: true, stdio: "ignore" });
  writeFileSync(pidFile, String(child.pid));
  child.unref();
}
if (verb === "disable") stop();
`;

describe.runIf(process.platform === "linux")("cairn service", { timeout: PROCESSES_MS }, () => {
  afterAll(removeTemporaryFolders);

  it("starts the server with the settings of the shell, says how it is, and is gone when removed", async () => {
    const home = temporaryFolder("service");
    const state = join(home, "a folder", "100%", ".cairn");
    mkdirSync(join(home, "bin"));
    writeFileSync(join(home, "bin", "systemctl"), SYSTEMCTL, {
      mode: 0o755,
    });
    writeFileSync(join(home, "bin", "package.json"), '{"type":"module"}');
    const env = environment(home, {
      PATH: [join(home, "bin"), process.env.PATH].join(delimiter),
      CAIRN_STATE: state,
      PORT: "0",
      CAIRN_IGNORE: "*.secret",
    });
    const cairn = (...args: string[]) => run(CAIRN, args, { cwd: home, env });
    const unit = join(home, ".config", "systemd", "user", "cairn.service");

    writeFileSync(join(home, "no-bus"), "");
    const failed = await cairn("service", "install");
    expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining("connect to bus") });
    expect(existsSync(unit)).toBe(false);
    writeFileSync(join(home, "asked"), "");
    await run("rm", [join(home, "no-bus")], { cwd: home, env });

    const installed = await cairn("service", "install");
    expect(installed, installed.stderr).toMatchObject({ code: 0 });
    expect(readFileSync(join(home, "asked"), "utf8")).toBe(
      "--user daemon-reload\n--user enable cairn.service\n--user restart cairn.service\n",
    );
    const settings = join(state, "service.env");
    expect(readFileSync(settings, "utf8")).toContain('CAIRN_IGNORE="*.secret"');
    expect(statSync(settings).mode & 0o077).toBe(0);

    const status = await cairn("service", "status", "--json");
    expect(JSON.parse(status.stdout)).toMatchObject({ installed: true, running: true, state });
    const { url } = JSON.parse(status.stdout);
    expect(installed.stdout).toContain(`Cairn runs on ${url}`);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect(await cairn("service", "install")).toMatchObject({ code: 0 });

    const removed = await cairn("service", "remove");
    expect(removed, removed.stderr).toMatchObject({ code: 0 });
    expect(existsSync(unit) || existsSync(settings)).toBe(false);
    expect(existsSync(join(state, "key"))).toBe(true);
    const after = await cairn("service", "status");
    expect(after).toMatchObject({ code: 1, stdout: expect.stringContaining("does not run") });
    expect(await cairn("service", "remove")).toMatchObject({
      code: 0,
      stdout: "No service is installed.\n",
    });
  });
});
