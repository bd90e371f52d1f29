/**
 * What a project is called whose repository has no remote: `folder/<base name>-<mark>`. The mark
 * tells folders of one base name apart, and tells nobody where they are: it is keyed with a secret
 * of the team.
 */
import { canonicalPath } from "./paths.ts";
import { folderNameOf } from "./project-name.ts";

/** Whose folder it is: the machine's, by its random id, or where no machine is known the person's. */
export type FolderOwner = { machine: string } | { person: string };

const MACHINE_PATTERN = /^[a-z0-9]{16,64}$/;
/** Of 64 hexadecimal digits: enough to tell namesakes of one team apart. */
const MARK_CHARS = 8;

/** True for an id as `cairn connect` makes them. */
export function isMachineId(text: string): boolean {
  return MACHINE_PATTERN.test(text);
}

/** Where a session is, as far as it is known: absolute paths. */
export interface FolderPlace {
  /** The folder of git that all worktrees share. */
  gitDir: string | null;
  /** The top of the worktree. */
  root: string | null;
  /** The folder that the agent works in. */
  cwd: string | null;
}

/** The folder's name. `secret` is the team's; the same folder of the same owner has one for ever. */
export async function folderProject(
  secret: Uint8Array<ArrayBuffer>,
  owner: FolderOwner,
  place: FolderPlace,
): Promise<string> {
  const path = folderPath(place);
  const whose = "machine" in owner ? ["machine", owner.machine] : ["person", owner.person];
  const text = JSON.stringify([...whose, foldedDrive(path)]);
  const key = await crypto.subtle.importKey(
    "raw",
    secret,
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const mac = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(text));
  const hex = Array.from(new Uint8Array(mac), (byte) => byte.toString(16).padStart(2, "0"));
  return folderNameOf(path, hex.join("").slice(0, MARK_CHARS));
}

/**
 * The one path of a repository, whichever worktree or folder in it a session is in: a repository
 * that began as a plain folder keeps its path, hence without `.git`.
 */
function folderPath({ gitDir, root, cwd }: FolderPlace): string {
  const path = canonicalPath(gitDir ?? root ?? cwd ?? "").normalize("NFC");
  return gitDir === null ? path : path.replace(/\/\.(?:git|bare)$/, "") || "/";
}

/** On a drive, letters of either case name one folder. */
function foldedDrive(path: string): string {
  return /^[a-z]:/.test(path) ? path.toLowerCase() : path;
}
