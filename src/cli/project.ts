/** Which project a folder belongs to: the server says, by the rule that it has for hooks. */
import { spawnSync } from "node:child_process";
import { ProjectHereSchema } from "../contract/team.ts";
import { normaliseProject, shownProject } from "../memory/project-name.ts";
import { call } from "./api.ts";
import { machineId } from "./machine.ts";
import type { Target } from "./target.ts";

function git(...args: string[]): string {
  const result = spawnSync("git", args, { encoding: "utf8" });
  return result.status === 0 ? result.stdout.trim() : "";
}

/** What the current folder's repository is called by itself, else its remote, as the start hook asks. */
function namedByGit(): string {
  const first = () => git("remote").split("\n")[0] ?? "";
  return (
    git("config", "--get", "cairn.project") ||
    git("remote", "get-url", "origin") ||
    git("remote", "get-url", first())
  );
}

/** A project as a command goes on with it, and as it is called for people. */
export interface Chosen {
  project: string;
  shown: string;
  /** False where the server has nothing of it, as far as it was asked. */
  known: boolean;
  /** What the first release recorded of this folder stands under this name. */
  earlier: string | null;
}

/** What was asked for, else what the repository is called, else the project of the folder. */
export async function chosenProject(asked: string | undefined, target: Target): Promise<Chosen> {
  const named = asked ?? namedByGit();
  // Normalised here as well: a remote may carry credentials, which are no part of an address.
  const name = normaliseProject(named);
  if (name !== null)
    return { project: name, shown: shownProject(name), known: true, earlier: null };
  if (asked !== undefined) return { project: asked, shown: asked, known: true, earlier: null };
  return await call(target, "projects/here", ProjectHereSchema, {
    query: {
      git_dir: git("rev-parse", "--path-format=absolute", "--git-common-dir") || undefined,
      root: git("rev-parse", "--show-toplevel") || undefined,
      folder: process.cwd(),
      machine: machineId() ?? undefined,
    },
  });
}
