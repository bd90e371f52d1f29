/** Which project a folder belongs to, by the same rule as the hooks'. */
import { spawnSync } from "node:child_process";
import { parseKey } from "../memory/key.ts";
import { folderProject, normaliseProject } from "../memory/project-name.ts";

function git(...args: string[]): string {
  const result = spawnSync("git", args, { encoding: "utf8" });
  return result.status === 0 ? result.stdout.trim() : "";
}

/** What was asked for, else the remote of the current folder's repository, else the folder itself. */
export function chosenProject(asked: string | undefined, key: string): string {
  const first = git("remote").split("\n")[0] ?? "";
  const remote = asked ?? (git("remote", "get-url", "origin") || git("remote", "get-url", first));
  const actor = parseKey(key)?.id ?? "";
  // Normalised here as well: a remote may carry credentials, which are no part of an address.
  return normaliseProject(remote) ?? folderProject(actor, process.cwd());
}
