/**
 * Names of folders, for hooks and for the command line. The team's secret comes along with the
 * answers that the Worker asks the team for anyway, and is kept: it never changes.
 */
import { type FolderOwner, type FolderPlace, folderProject } from "../memory/folder-name.ts";
import { TtlCache } from "../platform/ttl-cache.ts";
import type { CallContext } from "./call-context.ts";
import { teamObject } from "./objects.ts";
import { pathWithoutSecrets } from "./plain-names.ts";

const secrets = new Map<string, Uint8Array<ArrayBuffer>>();

const NAMES_MAX = 2_000;
const NAMES_LIFETIME_MS = 3_600_000;
/** Each hook needs its folder's name; they repeat. */
const names = new TtlCache<string>(NAMES_MAX, NAMES_LIFETIME_MS);

/** Takes what a team's answer brought along; nothing where an older release answered. */
export function rememberFolderSecret(
  team: string,
  secret: Uint8Array<ArrayBuffer> | undefined,
): void {
  if (secret !== undefined) secrets.set(team, secret);
}

/** What the folder is called while nothing surer names its project. */
export async function folderNameFor(
  { env, caller: { team, person } }: CallContext,
  machine: string | null,
  place: FolderPlace,
): Promise<string> {
  const owner: FolderOwner = machine === null ? { person } : { machine };
  const known = JSON.stringify([team, owner, place.gitDir, place.root, place.cwd]);
  const cached = names.get(known, Date.now());
  if (cached !== undefined) return cached;
  let secret = secrets.get(team);
  if (secret === undefined) {
    secret = await teamObject(env, team).repeatable((stub) => stub.folderSecret({}));
    secrets.set(team, secret);
  }
  const name = await folderProject(secret, owner, {
    gitDir: pathWithoutSecrets(place.gitDir),
    root: pathWithoutSecrets(place.root),
    cwd: pathWithoutSecrets(place.cwd),
  });
  names.set(known, name, Date.now());
  return name;
}
