import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  environmentFile,
  launchdAgent,
  systemdUnit,
  windowsTask,
} from "../../src/cli/service/definition.ts";
import { servicePlatform } from "../../src/cli/service/platforms.ts";

/** Not everywhere. */
const SYSTEMD_CHECK = "systemd-analyze";

const DEFINITION = {
  node: "/opt/my node/bin/node",
  args: ["--env-file=/home/a & b/100%/$x/service.env", "/srv/cairn/bin/cairn.js", "start"],
  log: "/home/a & b/100%/service.log",
};

describe("what a service manager is told", () => {
  it("is a unit of systemd, in which no sign of a path means anything else", () => {
    expect(systemdUnit(DEFINITION)).toBe(`[Unit]
Description=Cairn, shared memory for coding agents

[Service]
ExecStart="/opt/my node/bin/node" "--env-file=/home/a & b/100%%/$$x/service.env" /srv/cairn/bin/cairn.js start
Restart=on-failure
RestartSec=5
KillMode=mixed

[Install]
WantedBy=default.target
`);
  });

  it.runIf(spawnSync(SYSTEMD_CHECK, ["--version"]).status === 0)(
    "passes systemd's own check",
    () => {
      const folder = mkdtempSync(join(tmpdir(), "cairn-unit-"));
      const unit = join(folder, "cairn.service");
      writeFileSync(unit, systemdUnit({ ...DEFINITION, node: process.execPath }));
      const checked = spawnSync(SYSTEMD_CHECK, ["verify", unit], { encoding: "utf8" });
      rmSync(folder, { recursive: true });
      expect(checked.stderr.split("\n").filter((line) => line.includes("cairn.service"))).toEqual(
        [],
      );
    },
  );

  it("is a property list of launchd, started again only where it failed", () => {
    const text = launchdAgent(DEFINITION);
    const words = [...text.matchAll(/ {4}<string>(.*)<\/string>/g)].map(([, word]) => word);
    expect(words).toEqual(
      [DEFINITION.node, ...DEFINITION.args].map((word) => word.replaceAll("&", "&amp;")),
    );
    expect(text).toContain("<key>RunAtLoad</key>\n  <true/>");
    expect(text).toContain("<key>SuccessfulExit</key>\n    <false/>");
    expect(text).toContain("<string>/home/a &amp; b/100%/service.log</string>");
  });

  it("is a task of Windows without a window, a time limit or a battery's say", () => {
    const text = windowsTask({
      node: "C:\\Program Files\\nodejs\\node.exe",
      args: ["--env-file=C:\\Users\\a & b\\cairn\\", "C:\\cairn\\bin\\cairn.js", "start"],
      log: "",
    });
    expect(text).toContain(
      '<Arguments>--headless "C:\\Program Files\\nodejs\\node.exe" ' +
        '"--env-file=C:\\Users\\a &amp; b\\cairn\\\\" C:\\cairn\\bin\\cairn.js start</Arguments>',
    );
    expect(text).toContain("<ExecutionTimeLimit>PT0S</ExecutionTimeLimit>");
    expect(text).toContain("<StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>");
    expect(text.split("\n").every((line) => line === "" || line.endsWith("\r"))).toBe(true);
  });

  it("carries settings that Node reads back as they were, or refuses to", () => {
    const value = fc
      .string({ unit: "binary", maxLength: 40 })
      .filter((text) => text.trim() === text);
    fc.assert(
      fc.property(value, value, (one, two) => {
        const settings = { CAIRN_IGNORE: one, CAIRN_MODEL: two };
        const text = environmentFile(settings);
        if (text !== null) expect(parseEnv(text)).toEqual(settings);
      }),
    );
    expect(environmentFile({ CAIRN_IGNORE: "*.pem,'a b'\\n$X #1" })).not.toBeNull();
    expect(environmentFile({ CAIRN_IGNORE: "a\nPORT=1" })).toBeNull();
  });

  it("stands where each system looks for it, and there is none for others", () => {
    const at = (system: NodeJS.Platform, env: Record<string, string>) =>
      servicePlatform(system, env);
    expect(at("linux", { HOME: "/h" })?.file).toBe("/h/.config/systemd/user/cairn.service");
    expect(at("linux", { HOME: "/h", XDG_CONFIG_HOME: "/c" })?.file).toBe(
      "/c/systemd/user/cairn.service",
    );
    expect(at("darwin", { HOME: "/h" })?.file).toBe(
      "/h/Library/LaunchAgents/cairn-memory.server.plist",
    );
    expect(at("win32", { LOCALAPPDATA: "/l" })?.file).toBe("/l/cairn/service.xml");
    expect(at("aix", {})).toBeNull();
  });
});
