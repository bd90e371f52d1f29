#!/usr/bin/env node
// Runs the command line of this clone from any folder and under any Node from 18 on: the sources are
// TypeScript, so an older Node hands over to the one that `npm ci` put into node_modules.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const clone = dirname(dirname(fileURLToPath(import.meta.url)));
const main = join(clone, "src", "cli", "main.ts");
const ownNode = join(clone, "node_modules", "node", "bin", "node");

/** Exit code of a process ended by a signal, as shells count it. */
const SIGNAL_CODES = { SIGHUP: 129, SIGINT: 130, SIGKILL: 137, SIGTERM: 143 };

if (!existsSync(join(clone, "node_modules", "commander"))) {
  console.error(`cairn: its packages are not installed. Run: cd '${clone}' && npm ci`);
  process.exitCode = 1;
} else if (Number.parseInt(process.versions.node, 10) >= 24) {
  await import(main);
} else if (!existsSync(ownNode)) {
  console.error(
    `cairn: Node ${process.versions.node} is too old and the one of this clone is missing. ` +
      `Run: cd '${clone}' && npm ci`,
  );
  process.exitCode = 1;
} else {
  // The channel tells the other process when this one is gone, even by kill -9.
  const child = spawn(ownNode, [main, ...process.argv.slice(2)], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => child.kill(signal));
  }
  child.on("error", (error) => {
    console.error(`cairn: cannot run ${ownNode}: ${error.message}`);
    process.exitCode = 1;
  });
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? SIGNAL_CODES[signal] ?? 1;
  });
}
