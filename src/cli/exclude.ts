/** `cairn exclude`: repositories and folders of which no session is recorded. */
import { spawnSync } from "node:child_process";
import { existsSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { IGNORE_FILE, SKIP_SETTING } from "../hooks/connect/machine-files.ts";
import { Failure } from "./failure.ts";
import { CAIRN } from "./installation.ts";
import { sayJson } from "./table.ts";

const NOTE =
  "# Cairn records no session of an agent that begins in this folder, or below it. What stands in\n" +
  "# this file does not matter.\n";

/** What keeps a folder from being recorded. */
interface Exclusion {
  /** A folder's file, or the repository's setting. */
  by: string;
}

/** By the rule that the start hook has; null where nothing excludes the folder. */
export function exclusionOf(folder: string): Exclusion | null {
  if (git(folder, "config", "--type=bool", "--get", SKIP_SETTING) === "true") {
    return { by: `git config ${SKIP_SETTING}` };
  }
  for (let at = resolve(folder); ; at = dirname(at)) {
    const file = join(at, IGNORE_FILE);
    if (existsSync(file)) return { by: file };
    if (dirname(at) === at) return null;
  }
}

/** A repository by a setting of its own, any other folder by a file in it; `off` takes that back. */
export function exclude(
  path: string | undefined,
  { off, json }: { off: boolean; json: boolean },
  say: (line: string) => void,
): void {
  const folder = resolve(path ?? ".");
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Failure(`${folder} is no folder.`);
  }
  const top = git(folder, "rev-parse", "--show-toplevel");
  // A folder that is named is meant as such; without a name it is the repository around it.
  const isRepository = top !== "" && (path === undefined || isSame(top, folder));
  if (isRepository) setSkip(folder, off);
  else setFile(folder, off);
  const excluded = exclusionOf(folder);
  const place = isRepository ? top : folder;
  if (json) sayJson({ folder: place, excluded: excluded !== null, by: excluded?.by }, say);
  else if (excluded === null) say(`${place} is recorded again.`);
  else if (off) say(`${place} stays excluded, by ${excluded.by}.`);
  else {
    say(`${place} is excluded (${excluded.by}): sessions that begin there are not recorded.`);
    say(`What is remembered of it already stays; see: ${CAIRN} sessions`);
  }
}

function setSkip(folder: string, off: boolean): void {
  const args = off ? ["--unset-all", SKIP_SETTING] : [SKIP_SETTING, "true"];
  git(folder, "config", "--local", ...args);
}

function setFile(folder: string, off: boolean): void {
  const file = join(folder, IGNORE_FILE);
  if (off) rmSync(file, { force: true });
  else if (!existsSync(file)) writeFileSync(file, NOTE);
}

function isSame(one: string, other: string): boolean {
  return realpathSync(one) === realpathSync(other);
}

function git(folder: string, ...args: string[]): string {
  const result = spawnSync("git", args, { cwd: folder, encoding: "utf8" });
  return result.status === 0 ? result.stdout.trim() : "";
}
