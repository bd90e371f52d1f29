/** What every job happens in: a home, a server, clones of one repository, and a report of it. */
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../src/cli/installation.ts";
import { CAIRN, environment, run, temporaryFolder } from "../test/local/cli-command.ts";
import { type LocalServer, untilReady } from "../test/local/local-server.ts";
import { Report } from "./report.ts";

/** A turn without anybody to answer takes as long as with: nothing is waited for. */
const SETTLE_MS = 20_000;

export class World {
  readonly report = new Report();
  readonly home: string = temporaryFolder("e2e");
  readonly env: NodeJS.ProcessEnv = environment(this.home);

  /** `npm start` in this clone, with a state of its own. */
  start(port: string): Promise<LocalServer> {
    const npm = process.platform === "win32" ? "npm.cmd" : "npm";
    const child = spawn(npm, ["start"], {
      cwd: ROOT,
      env: { ...this.env, PORT: port },
      stdio: ["ignore", "pipe", "pipe"],
    });
    return untilReady(child, this.env.CAIRN_STATE ?? "");
  }

  /** A clone of the one repository, as a machine of the team would have it. */
  async clone(name: string, remote: string, files: Record<string, string> = {}): Promise<string> {
    const folder = join(this.home, name, "greeter");
    mkdirSync(folder, { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
    const commands = [
      "git init -q -b main",
      `git remote add origin '${remote}'`,
      "git add .",
      "git -c user.name=Dev -c user.email=dev@example.com commit -q --allow-empty -m start",
    ];
    const result = await run("sh", ["-ec", commands.join("\n")], { cwd: folder, env: this.env });
    if (result.code !== 0) throw new Error(result.stderr);
    return folder;
  }

  /** The command line, as a person runs it; throws where it fails. */
  async cairn(cwd: string, ...args: string[]): Promise<string> {
    const result = await run(CAIRN, args, { cwd, env: this.env });
    this.report.note(`$ cairn ${args.join(" ")}\n${result.stdout}${result.stderr}`);
    if (result.code !== 0) throw new Error(`cairn ${args[0]} ended with ${result.code}`);
    return result.stdout;
  }

  /** Waits for a state that comes by itself. */
  async eventually<T>(probe: () => Promise<T | null>): Promise<T | null> {
    const end = Date.now() + SETTLE_MS;
    for (;;) {
      const found = await probe();
      if (found !== null || Date.now() > end) return found;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}
