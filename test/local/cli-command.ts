/** Runs the command line as a user does: another process, another folder, a home of its own. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const CAIRN = fileURLToPath(new URL("../../bin/cairn.js", import.meta.url));

const folders: string[] = [];

/** To be called after all tests of a file: the processes that run tests do not end in order. */
export function removeTemporaryFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}
process.on("exit", removeTemporaryFolders);

/** A folder of its own for a test; gone when the process ends, or by `removeTemporaryFolders`. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `cairn-${name}-`));
  folders.push(folder);
  return folder;
}

export interface Result {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Only what is given reaches the command: no setting of the machine that runs the tests. */
export function environment(home: string, extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: home, CAIRN_STATE: join(home, ".cairn"), ...extra };
}

export function run(
  command: string,
  args: string[],
  options: { cwd: string; env: NodeJS.ProcessEnv; input?: string },
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: options.cwd, env: options.env });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
    child.stdin.on("error", () => {});
    child.stdin.end(options.input ?? "");
  });
}
