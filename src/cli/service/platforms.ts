/** How each system is told to run a service: which file, and which of its commands. */
import { homedir, userInfo } from "node:os";
import { join } from "node:path";
import {
  LAUNCHD_LABEL,
  launchdAgent,
  SERVICE_NAME,
  type ServiceDefinition,
  systemdUnit,
  windowsTask,
} from "./definition.ts";

/** A command of the system. */
export interface Step {
  command: string;
  args: readonly string[];
  /** True where it fails as a rule the first time, and nothing is wrong. */
  mayFail: boolean;
}

function step(command: string, ...args: string[]): Step {
  return { command, args, mayFail: false };
}

function attempt(command: string, ...args: string[]): Step {
  return { command, args, mayFail: true };
}

export interface ServicePlatform {
  /** As people call it. */
  title: string;
  /** Where the definition stands. */
  file: string;
  encoding: "utf8" | "utf16le";
  text(definition: ServiceDefinition): string;
  /** Starts it now and at each login, also where an older definition is loaded. */
  install: readonly Step[];
  /** Stops it, now and for good. */
  remove: readonly Step[];
  /** After the definition is gone; null for nothing. */
  afterwards: Step | null;
  /** The command that shows the log; null where nobody keeps one. */
  log(path: string): string | null;
  /** What else a person may want to know; null for nothing. */
  note: string | null;
}

/** Null for a system of which no service manager is known. */
export function servicePlatform(
  system: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
): ServicePlatform | null {
  const home = env.HOME || homedir();
  if (system === "linux") return systemd(env.XDG_CONFIG_HOME || join(home, ".config"));
  if (system === "darwin") return launchd(join(home, "Library", "LaunchAgents"));
  if (system === "win32") return taskScheduler(env.LOCALAPPDATA || join(home, "AppData", "Local"));
  return null;
}

function systemd(config: string): ServicePlatform {
  const unit = `${SERVICE_NAME}.service`;
  const control = (...args: string[]) => step("systemctl", "--user", ...args);
  return {
    title: "systemd",
    file: join(config, "systemd", "user", unit),
    encoding: "utf8",
    text: systemdUnit,
    install: [control("daemon-reload"), control("enable", unit), control("restart", unit)],
    remove: [control("disable", "--now", unit)],
    afterwards: control("daemon-reload"),
    log: () => `journalctl --user -u ${unit}`,
    note: "It runs while you are logged in. To have it run from the start of the machine: loginctl enable-linger",
  };
}

function launchd(folder: string): ServicePlatform {
  const domain = `gui/${process.platform === "win32" ? 0 : userInfo().uid}`;
  const file = join(folder, `${LAUNCHD_LABEL}.plist`);
  const end = attempt("launchctl", "bootout", `${domain}/${LAUNCHD_LABEL}`);
  return {
    title: "launchd",
    file,
    encoding: "utf8",
    text: launchdAgent,
    install: [end, step("launchctl", "bootstrap", domain, file)],
    remove: [end],
    afterwards: null,
    log: (path) => `tail -f '${path}'`,
    note: null,
  };
}

function taskScheduler(data: string): ServicePlatform {
  const file = join(data, "cairn", "service.xml");
  return {
    title: "Task Scheduler",
    file,
    encoding: "utf16le",
    text: windowsTask,
    install: [
      attempt("schtasks", "/End", "/TN", SERVICE_NAME),
      step("schtasks", "/Create", "/F", "/TN", SERVICE_NAME, "/XML", file),
      step("schtasks", "/Run", "/TN", SERVICE_NAME),
    ],
    remove: [
      attempt("schtasks", "/End", "/TN", SERVICE_NAME),
      step("schtasks", "/Delete", "/F", "/TN", SERVICE_NAME),
    ],
    afterwards: null,
    log: () => null,
    note: null,
  };
}
