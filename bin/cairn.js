#!/usr/bin/env node
// Runs the command line from any folder. The package brings it built. A clone has sources in
// TypeScript, so an older Node hands over to the one that `npm ci` put into node_modules.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sources = join(root, "src", "cli", "main.ts");
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const isCurrent = major > 22 || (major === 22 && minor >= 16);

/** Exit code of a process ended by a signal, as shells count it. */
const SIGNAL_CODES = { SIGHUP: 129, SIGINT: 130, SIGKILL: 137, SIGTERM: 143 };

if (existsSync(sources)) await runSources();
else if (isCurrent) await runBuilt();
else end(`it needs Node 22.16 or newer, and this is Node ${process.versions.node}.`);

async function runBuilt() {
  // Node 22 warns that its own SQLite is new.
  if (major < 24) silenceExperimentalWarnings();
  await import(pathToFileURL(join(root, "dist", "cairn.js")).href);
}

async function runSources() {
  const isWindows = process.platform === "win32";
  const ownNode = join(
    root,
    "node_modules",
    `node-${isWindows ? "win" : process.platform}-${process.arch}`,
    "bin",
    isWindows ? "node.exe" : "node",
  );
  if (!existsSync(join(root, "node_modules", "commander"))) {
    end(`its packages are not installed. Run: cd '${root}' && npm ci`);
  } else if (major >= 24) {
    await import(pathToFileURL(sources).href);
  } else if (existsSync(ownNode)) {
    runBy(ownNode, []);
  } else if (process.features.typescript) {
    silenceExperimentalWarnings();
    await import(pathToFileURL(sources).href);
  } else if (isCurrent) {
    // Reads TypeScript, but only when told to.
    runBy(process.execPath, [
      "--experimental-strip-types",
      "--disable-warning=ExperimentalWarning",
    ]);
  } else {
    end(
      `Node ${process.versions.node} is too old and the one of this clone is missing. ` +
        `Run: cd '${root}' && npm ci. There is one for Linux (x64, arm64) and Windows (x64); ` +
        "other machines need Node 22.16 or newer.",
    );
  }
}

function end(message) {
  console.error(`cairn: ${message}`);
  process.exitCode = 1;
}

function silenceExperimentalWarnings() {
  const [print] = process.listeners("warning");
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    if (warning.name !== "ExperimentalWarning") print?.(warning);
  });
}

/** Runs the command line by another Node, which ends with this process and lends it its exit code. */
function runBy(node, flags) {
  // The channel tells the other process when this one is gone, even by kill -9.
  const child = spawn(node, [...flags, sources, ...process.argv.slice(2)], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => child.kill(signal));
  }
  child.on("error", (error) => end(`cannot run ${node}: ${error.message}`));
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? SIGNAL_CODES[signal] ?? 1;
  });
}
