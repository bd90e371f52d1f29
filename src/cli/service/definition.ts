/** What a service manager is told of the server: the texts of its files. Pure. */

/** What runs, and with which settings. */
export interface ServiceDefinition {
  /** Absolute path of the Node that runs it. */
  node: string;
  /** Arguments of Node, the command's file and its arguments included. */
  args: readonly string[];
  /** Absolute path that the server's log goes to, where the service manager keeps none. */
  log: string;
}

/** Name of the unit and of the task. */
export const SERVICE_NAME = "cairn";
/** Name of the agent of launchd, which wants it in this form. */
export const LAUNCHD_LABEL = "cairn-memory.server";

const DESCRIPTION = "Cairn, shared memory for coding agents";

/** Seconds until a server that ended by itself is started again. */
const RESTART_S = 5;

/** A unit for `systemctl --user` (systemd.service(5)). Its log goes to the journal. */
export function systemdUnit({ node, args }: ServiceDefinition): string {
  return [
    "[Unit]",
    `Description=${DESCRIPTION}`,
    "",
    "[Service]",
    `ExecStart=${[node, ...args].map(systemdWord).join(" ")}`,
    "Restart=on-failure",
    `RestartSec=${RESTART_S}`,
    // The command ends its runtime itself, with grace.
    "KillMode=mixed",
    "",
    "[Install]",
    "WantedBy=default.target",
    "",
  ].join("\n");
}

/** `%` and `$` mean something there; in quotes, `"` and `\` too. */
function systemdWord(text: string): string {
  const escaped = text.replaceAll(/["\\]/g, "\\$&").replaceAll("%", "%%").replaceAll("$", "$$$$");
  return /^[\w@%+=:,./-]+$/.test(text) ? escaped : `"${escaped}"`;
}

/** A property list for launchd (launchd.plist(5)). */
export function launchdAgent({ node, args, log }: ServiceDefinition): string {
  const list = [node, ...args].map((word) => `    <string>${xmlText(word)}</string>`);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    "<dict>",
    "  <key>Label</key>",
    `  <string>${LAUNCHD_LABEL}</string>`,
    "  <key>ProgramArguments</key>",
    "  <array>",
    ...list,
    "  </array>",
    "  <key>RunAtLoad</key>",
    "  <true/>",
    // Started again where it failed, and not where it was told to stop.
    "  <key>KeepAlive</key>",
    "  <dict>",
    "    <key>SuccessfulExit</key>",
    "    <false/>",
    "  </dict>",
    "  <key>ThrottleInterval</key>",
    `  <integer>${RESTART_S}</integer>`,
    "  <key>StandardOutPath</key>",
    `  <string>${xmlText(log)}</string>`,
    "  <key>StandardErrorPath</key>",
    `  <string>${xmlText(log)}</string>`,
    "</dict>",
    "</plist>",
    "",
  ].join("\n");
}

/**
 * A task for Windows' Task Scheduler, which begins at logon
 * (https://learn.microsoft.com/windows/win32/taskschd/task-scheduler-schema).
 */
export function windowsTask({ node, args }: ServiceDefinition): string {
  // Without a window of its own: conhost keeps the console to itself.
  const line = ["--headless", node, ...args].map(windowsWord).join(" ");
  return [
    '<?xml version="1.0" encoding="UTF-16"?>',
    '<Task version="1.4" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">',
    `  <RegistrationInfo><Description>${DESCRIPTION}</Description></RegistrationInfo>`,
    "  <Triggers><LogonTrigger><Enabled>true</Enabled></LogonTrigger></Triggers>",
    "  <Settings>",
    "    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>",
    "    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>",
    "    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>",
    "    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>",
    "    <RestartOnFailure><Interval>PT1M</Interval><Count>999</Count></RestartOnFailure>",
    "  </Settings>",
    "  <Actions>",
    "    <Exec>",
    "      <Command>conhost.exe</Command>",
    `      <Arguments>${xmlText(line)}</Arguments>`,
    "    </Exec>",
    "  </Actions>",
    "</Task>",
    "",
  ].join("\r\n");
}

/** As the C runtime splits a command line: backslashes count before a quotation mark only. */
function windowsWord(text: string): string {
  if (/^[\w@+=:,./\\-]+$/.test(text)) return text;
  return `"${text.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, "$1$1")}"`;
}

function xmlText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/**
 * Settings as `node --env-file` reads them back. Null where a value has all three kinds of quotes,
 * or a line end: that form cannot carry it.
 */
export function environmentFile(settings: Readonly<Record<string, string>>): string | null {
  const lines = Object.entries(settings).map(([name, value]) => {
    const quote = ['"', "'", "`"].find((each) => !value.includes(each));
    // In double quotes a backslash and an n would be a line end.
    const literal = value.includes("\\n") && !value.includes("'") ? "'" : quote;
    return literal === undefined || /[\r\n]/.test(value)
      ? null
      : `${name}=${literal}${value}${literal}`;
  });
  return lines.includes(null) ? null : `${lines.join("\n")}\n`;
}
