#!/usr/bin/env node
// Runs the command line of this clone from any folder and under any Node from 18 on: the sources are
// TypeScript, so an older Node hands over to the one that `npm ci` put into node_modules.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const clone = dirname(dirname(fileURLToPath(import.meta.url)));
const main = join(clone, "src", "cli", "main.ts");
const isWindows = process.platform === "win32";
const ownNode = join(
  clone,
  "node_modules",
  `node-${isWindows ? "win" : process.platform}-${process.arch}`,
  "bin",
  isWindows ? "node.exe" : "node",
);
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

/** Exit code of a process ended by a signal, as shells count it. */
const SIGNAL_CODES = { SIGHUP: 129, SIGINT: 130, SIGKILL: 137, SIGTERM: 143 };

if (!existsSync(join(clone, "node_modules", "commander"))) {
  console.error(`cairn: its packages are not installed. Run: cd '${clone}' && npm ci`);
  process.exitCode = 1;
} else if (major >= 24) {
  await import(main);
} else if (existsSync(ownNode)) {
  runBy(ownNode, []);
} else if (process.features.typescript) {
  await import(main);
} else if (major === 22 && minor >= 16) {
  // Reads TypeScript, but only when told to.
  runBy(process.execPath, ["--experimental-strip-types", "--disable-warning=ExperimentalWarning"]);
} else {
  console.error(
    `cairn: Node ${process.versions.node} is too old and the one of this clone is missing. ` +
      `Run: cd '${clone}' && npm ci. There is one for Linux (x64, arm64) and Windows (x64); ` +
      "other machines need Node 22.16 or newer.",
  );
  process.exitCode = 1;
}

/** Runs the command line by another Node, which ends with this process and lends it its exit code. */
function runBy(node, flags) {
  // The channel tells the other process when this one is gone, even by kill -9.
  const child = spawn(node, [...flags, main, ...process.argv.slice(2)], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => child.kill(signal));
  }
  child.on("error", (error) => {
    console.error(`cairn: cannot run ${node}: ${error.message}`);
    process.exitCode = 1;
  });
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? SIGNAL_CODES[signal] ?? 1;
  });
}
