/** The files that a key goes into: nobody else may read them, and no repository may hold them. */
import { spawnSync } from "node:child_process";
import { chmodSync, statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { Failure } from "../failure.ts";
import { linkTarget } from "./settings-file.ts";

/** Readable and writable by everybody on the machine. */
const OTHERS = 0o007;
const OWNER_ONLY = 0o600;

/**
 * The key of a project must not get into its repository: git has to ignore the file. `name` is its
 * path as `.gitignore` names it. Throws a `Failure` where it does not.
 */
export function checkIgnored(path: string, name: string): void {
  const folder = resolve(".");
  const git = (...args: string[]) => spawnSync("git", args, { cwd: folder, encoding: "utf8" });
  const inside = git("rev-parse", "--is-inside-work-tree");
  if (inside.error) throw new Failure("git is needed for --project-scope, and was not found.");
  if (inside.stdout.trim() !== "true") {
    throw new Failure(`${folder} is no git repository: --project-scope is for repositories.`);
  }
  checkUntracked(path);
  if (git("check-ignore", "-q", path).status === 0) return;
  throw new Failure(
    `git does not ignore ${path}: the key could be committed. Nothing was changed. ` +
      `Add this line to .gitignore (or to .git/info/exclude), then run this again:\n  ${name}`,
  );
}

/**
 * Throws a `Failure` where git tracks the file, or what a link leads to: people keep their settings
 * in repositories too.
 */
export function checkUntracked(path: string): void {
  const file = linkTarget(path);
  const args = ["-C", dirname(file), "ls-files", "--error-unmatch", "--", basename(file)];
  if (spawnSync("git", args).status !== 0) return;
  throw new Failure(
    `git tracks ${file}: the key would be committed. Nothing was changed. Take it out first ` +
      "(git rm --cached) and have git ignore it, then run this again.",
  );
}

/** Takes the file from everybody but its owner, where everybody may read it. True where it did. */
export function takeFromOthers(path: string): boolean {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
  if (process.platform === "win32" || (mode & OTHERS) === 0) return false;
  chmodSync(path, OWNER_ONLY);
  return true;
}
