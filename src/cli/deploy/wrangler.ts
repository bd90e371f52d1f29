/**
 * Cloudflare's own tool, which deploys. A clone has it; for the package npx fetches it, in the exact
 * version that this release was tried with, and only when something is deployed.
 */
import { type SpawnOptions, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import cairn from "../../../package.json" with { type: "json" };
import { Failure } from "../failure.ts";
import { ROOT } from "../installation.ts";

const VERSION = cairn.devDependencies.wrangler;

export interface Answer {
  code: number;
  /** What it wrote; empty where the person saw it. */
  output: string;
}

export interface Wrangler {
  /** Said before its first use: what is fetched, by whom; null where it is here. */
  notice: string | null;
  /** Runs it and keeps what it says. It asks nothing. */
  ask(args: string[]): Promise<Answer>;
  /** Runs it in the person's terminal, where it may ask. */
  show(args: string[], env?: NodeJS.ProcessEnv): Promise<Answer>;
}

export function findWrangler(): Wrangler {
  const own = join(ROOT, "node_modules", "wrangler", "bin", "wrangler.js");
  const isHere = existsSync(own);
  const isWindows = process.platform === "win32";
  // npx is a script there, which only a shell runs. None of the arguments has a space in it.
  const [command, before, options]: [string, string[], SpawnOptions] = isHere
    ? [process.execPath, [own], {}]
    : ["npx", ["--yes", `wrangler@${VERSION}`], { shell: isWindows }];
  const run = (args: string[], stdio: "inherit" | "pipe", env: NodeJS.ProcessEnv) =>
    new Promise<Answer>((resolve, reject) => {
      const child = spawn(command, [...before, ...args], {
        ...options,
        stdio: stdio === "inherit" ? "inherit" : ["ignore", "pipe", "pipe"],
        env: { ...process.env, WRANGLER_SEND_METRICS: "false", ...env },
      });
      let output = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream?.setEncoding("utf8").on("data", (text: string) => {
          output += text;
        });
      }
      child.on("error", (error) =>
        reject(new Failure(`cannot run ${command}: ${error.message}. npx comes with npm.`)),
      );
      child.on("close", (code) => resolve({ code: code ?? 1, output }));
    });
  return {
    notice: isHere
      ? null
      : `Cloudflare's wrangler ${VERSION} deploys; npx fetches it from the npm registry unless it has it.`,
    ask: (args) => run(args, "pipe", {}),
    show: (args, env = {}) => run(args, "inherit", env),
  };
}
