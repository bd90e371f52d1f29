/**
 * Where a hook is from, as the headers say that `cairn connect` has it send. Whoever holds a key may
 * send anything: what is no plain value of its kind is left out, and never fails a hook.
 */
import { isMachineId } from "../memory/folder-name.ts";
import type { ProjectSource } from "../memory/project-name.ts";
import { eachField, type WorkPlace } from "../memory/work-place.ts";

/** What the headers of a hook say; null where one is missing or is none. */
export interface HookPlace {
  /** `X-Cairn-Project`: a remote, or the name that a repository gives itself. As it was sent. */
  project: string | null;
  /** `X-Cairn-Project-From`: who says so. */
  projectFrom: Extract<ProjectSource, "config" | "remote">;
  /** `X-Cairn-Root`: the top folder of the repository. */
  root: string | null;
  /** `X-Cairn-Git-Dir`: the folder of git that all worktrees of the repository share. */
  gitDir: string | null;
  /** `X-Cairn-Machine`: the random id that `cairn connect` gave the machine. */
  machine: string | null;
  /** `X-Cairn-Cli`: the absolute command that a shell of that machine knows. */
  cli: string | null;
  /** The headers of `WORK_HEADERS`, as they were sent. */
  work: WorkPlace;
  /** `X-Cairn-Notice`: false where it is `off`: the person is shown no line of what was told. */
  notice: boolean;
  /** `X-Cairn-Skip`: the place is excluded, so nothing of its session is to be stored. */
  skip: boolean;
}

const WORK_HEADERS: Record<keyof WorkPlace, string> = {
  branch: "X-Cairn-Branch",
  commit: "X-Cairn-Commit",
};

/** Longest path that is believed, in characters: what Linux allows. */
const PATH_MAX_CHARS = 4_096;
const CLI_MAX_CHARS = 300;

const ABSOLUTE = /^(?:\/|[A-Za-z]:[\\/])/;
/**
 * Letters and digits of any script between slashes, and `cairn` at the end. What stands here is
 * told to models as a command to run: no space, no quote and no sign that a shell reads.
 */
const CLI =
  /^(?:[A-Za-z]:)?(?:[\\/][\p{L}\p{N}_.@+-]{1,100}){0,40}[\\/]cairn(?:\.(?:js|cmd|exe))?$/u;

export function readPlace(header: (name: string) => string | null): HookPlace {
  return {
    project: header("X-Cairn-Project"),
    projectFrom: header("X-Cairn-Project-From")?.trim() === "config" ? "config" : "remote",
    root: absolutePath(header("X-Cairn-Root")),
    gitDir: absolutePath(header("X-Cairn-Git-Dir")),
    machine: machineId(header("X-Cairn-Machine")),
    cli: cliCommand(header("X-Cairn-Cli")),
    work: eachField((field) => header(WORK_HEADERS[field])),
    notice: header("X-Cairn-Notice")?.trim().toLowerCase() !== "off",
    skip: (header("X-Cairn-Skip")?.trim() ?? "") !== "",
  };
}

/** An absolute path of any platform, else null. */
export function absolutePath(value: string | null): string | null {
  const text = utf8(value).trim();
  const isPath = ABSOLUTE.test(text) && !/\p{C}/u.test(text);
  return isPath && text.length <= PATH_MAX_CHARS ? text : null;
}

/** An id as `cairn connect` makes them, else null. */
export function machineId(value: string | null): string | null {
  const text = value?.trim() ?? "";
  return isMachineId(text) ? text : null;
}

function cliCommand(value: string | null): string | null {
  const text = utf8(value).trim();
  return text.length <= CLI_MAX_CHARS && CLI.test(text) ? text : null;
}

/** A header whose bytes are UTF-8, of which some platforms make one character of each byte. */
function utf8(value: string | null): string {
  if (value === null || !/^[\0-\xff]*$/.test(value) || !/[\x80-\xff]/.test(value))
    return value ?? "";
  try {
    const bytes = Uint8Array.from(value, (character) => character.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return value;
  }
}
