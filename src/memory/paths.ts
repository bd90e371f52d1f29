/** Paths as people read them: relative to the folder in which a session began. */

import { composed } from "../platform/text-form.ts";

/** `/mnt/c/…` of WSL, `/c/…` of Git Bash, `/cygdrive/c/…`: a drive of Windows. */
const MOUNTED_DRIVE = /^\/(?:mnt\/|cygdrive\/)?([a-zA-Z])(?=\/|$)/;
/** What of a mounted drive is one for sure: Windows' own folders, which no Unix has at `/c`. */
const ON_WINDOWS =
  /^\/(?:mnt\/|cygdrive\/)?[a-zA-Z]\/(?:users|projects|repos|dev|src|work|code|git|windows|program)/i;
const DRIVE = /^([a-zA-Z]):(?=\/|$)/;

/**
 * One way to write a path: `/` between its parts, a drive in lower case, and the same for the ways
 * in which Windows, Git Bash and WSL write the same folder. Composed (NFC). No part is resolved, and none at its end
 * is empty.
 */
export function canonicalPath(path: string): string {
  const slashes = composed(path)
    .replaceAll("\\", "/")
    .replace(/^\/\/\?\//, "");
  const trimmed = slashes.length > 1 ? slashes.replace(/\/{1,8}$/, "") : slashes;
  const drive = DRIVE.exec(trimmed);
  if (drive !== null) return `${(drive[1] ?? "").toLowerCase()}:${trimmed.slice(2)}`;
  const mounted = MOUNTED_DRIVE.exec(trimmed);
  if (mounted === null || !(trimmed.startsWith("/mnt/") || ON_WINDOWS.test(trimmed)))
    return trimmed;
  return `${(mounted[1] ?? "").toLowerCase()}:${trimmed.slice(mounted[0].length)}`;
}

/**
 * `path` relative to `root` when it lies below it, else unchanged but for its slashes. Both may be
 * written in any of the ways of `canonicalPath`; on a drive, letters of either case are the same.
 * Nothing is resolved: `..` and links stay as they are written.
 */
export function relativePath(root: string | null, path: string): string {
  const target = composed(path).replaceAll("\\", "/");
  if (root === null || root === "") return target;
  const below = partBelow(canonicalPath(root), canonicalPath(target));
  return below === null ? target : below === "" ? "." : below;
}

/** What of `target` lies below `base`; null where it does not. */
function partBelow(base: string, target: string): string | null {
  const fold = (text: string) => (DRIVE.test(base) ? text.toLowerCase() : text);
  if (fold(target) === fold(base)) return "";
  const prefix = base.endsWith("/") ? base : `${base}/`;
  return fold(target).startsWith(fold(prefix)) ? target.slice(prefix.length) : null;
}

/**
 * A text without the folder that it was said in: every path below `root` becomes relative, in each
 * of the ways in which its folder may be written.
 */
export function withoutRoot(root: string | null, text: string): string {
  if (root === null || root.length < ROOT_MIN_CHARS) return text;
  const forms = formsOf(root);
  // Windows takes letters of either case for the same.
  const flags = isOfWindows(canonicalPath(root)) ? "giu" : "gu";
  const form = forms.map((each) => each.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")).join("|");
  return composed(text).replace(new RegExp(form, flags), "");
}

/** A shorter root (`/`, `C:\\`) would take the beginning of every path. */
const ROOT_MIN_CHARS = 4;

/** A path with a drive, or of a share: `//server/share`. */
function isOfWindows(canonical: string): boolean {
  return DRIVE.test(canonical) || canonical.startsWith("//");
}

/** The ways to write a folder and the separator behind it, the longest first. */
function formsOf(root: string): string[] {
  const canonical = canonicalPath(root);
  if (!isOfWindows(canonical)) return [`${canonical}/`];
  const letter = DRIVE.exec(canonical)?.[1] ?? "";
  const native = `${canonical}/`;
  const back = native.replaceAll("/", "\\");
  const rest = native.slice(2);
  const mounted = ["", "/mnt", "/cygdrive"].map((mount) => `${mount}/${letter}${rest}`);
  return [native, back.replaceAll("\\", "\\\\"), back, ...(letter === "" ? [] : mounted)].sort(
    (a, b) => b.length - a.length,
  );
}

/** The last part of a path, which is what people call a file. */
export function fileName(path: string): string {
  const trimmed = path.replaceAll("\\", "/").replace(/\/{1,8}$/, "");
  return trimmed.slice(trimmed.lastIndexOf("/") + 1) || path;
}
