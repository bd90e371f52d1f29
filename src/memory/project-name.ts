/**
 * Names of projects. One function normalises what hooks, headers and queries send, so that every
 * clone and worktree of a repository is one project, whatever form its remote is written in.
 *
 * | form | from |
 * |---|---|
 * | `<host>/<path>` | a git remote on a host with a dot in its name, an IPv6 address or localhost |
 * | `name/<value>` | a value that is no such remote |
 * | `folder/<base name>-<mark>` | a folder without a remote, see folder-name.ts |
 * | `folder/<actor>/<base name>` | the same in the first release, which took namesakes for one |
 *
 * Normalising is idempotent: the API shows these names, and clients send them back. A host without
 * a dot (an SSH alias, a machine of the LAN) therefore stands under `name/`: `gitea/app` on its
 * own could as well be somebody's `acme/app`. A remote that is a path on somebody's machine names no
 * project: another machine has another repository there.
 */
import { canonicalRemote, codecommitAddress, type Transport } from "./git-remote.ts";

export const PROJECT_NAME_MAX_CHARS = 300;

/**
 * Who names a session's project, the surest first: the repository itself (`git config
 * cairn.project`), its remote, its folder on a machine, or its folder and the person alone.
 */
const PROJECT_SOURCES = ["config", "remote", "machine", "person"] as const;
export type ProjectSource = (typeof PROJECT_SOURCES)[number];

/** True where a name from `told` is surer than one from `known`. */
export function isSurer(told: ProjectSource, known: ProjectSource): boolean {
  return PROJECT_SOURCES.indexOf(told) < PROJECT_SOURCES.indexOf(known);
}
/** Longest value that is looked at; a remote is far shorter. */
const VALUE_MAX_CHARS = 2_000;

/** `ssh://`, `git+https://`, and git's `<transport>::` before them. */
const SCHEME = /^(?:[a-z0-9+-]{1,30}::)?([a-z][a-z0-9+.-]{0,30}):\/\//;
const HOST = /^[a-z0-9](?:[a-z0-9_-]|\.(?!\.)){0,252}$/;
const IPV6_HOST = /^\[[0-9a-f:.]{2,45}\]$/;
/** `c:\repo` or `c:/repo`: a single letter before the colon is a drive. */
const DRIVE = /^[a-z]:(?:[\\/]|$)/;
/** A path: absolute, relative, of a home, or of another machine's share. */
const LOCAL = /^[/.~\\]/;
const OWN_FORM = /^(?:name|folder)\//;
/** `folder/<base name>-<mark>`. */
const FOLDER = /^folder\/([^/]+)-[0-9a-f]{8}$/;
const BASE_MAX_CHARS = 100;

/**
 * The project's name that a remote, a name or an already normalised name stands for; null where
 * nothing usable is in it. Never throws. At most `PROJECT_NAME_MAX_CHARS` characters, and without
 * the user and the credentials of a remote.
 */
export function normaliseProject(value: unknown): string | null {
  if (typeof value !== "string" || value.length > VALUE_MAX_CHARS) return null;
  const tidied = tidy(value);
  if (OWN_FORM.test(tidied)) return ownForm(tidied);
  const text = codecommitAddress(tidied) ?? tidied;
  const scheme = SCHEME.exec(text);
  if (scheme !== null) {
    const rest = text.slice(scheme[0].length).replace(/[?#].*$/, "");
    if (scheme[1] === "file") return null;
    const address = withoutUser(rest);
    const transport = scheme[1]?.startsWith("http") ? "http" : "ssh";
    return remoteUrl(address, transport) ?? named(address);
  }
  if (DRIVE.test(text) || LOCAL.test(text)) return null;
  const address = withoutUser(text);
  return (
    (address === text ? ownAddress(address) : null) ??
    scpRemote(address) ??
    remoteUrl(address, "unknown") ??
    named(address)
  );
}

/** True for the name of a folder. */
export function isFolderProject(name: string): boolean {
  return name.startsWith("folder/");
}

/** `folder/<base name>-<mark>`, for a path in its canonical form. */
export function folderNameOf(path: string, mark: string): string {
  const parts = tidy(path.slice(-VALUE_MAX_CHARS)).split("/");
  const base = parts.filter((part) => part.trim() !== "" && !DRIVE.test(part)).at(-1) ?? "";
  const short = cleanPath(base).slice(0, BASE_MAX_CHARS).toWellFormed().trim();
  return `folder/${short || "root"}-${mark}`;
}

/** What the first release called a folder: `folder/<actor>/<base name>`. */
export function firstFolderName(actor: string, folderName: string): string {
  const owner = cleanPath(tidy(actor).replaceAll(/[\\/]/g, "-")) || "unknown";
  return bounded(`folder/${owner}/${shownProject(folderName)}`);
}

/** What a project is called in texts that people and models read: a folder's by its base name. */
export function shownProject(name: string): string {
  if (!isFolderProject(name)) return name;
  return FOLDER.exec(name)?.[1] ?? name.slice(name.lastIndexOf("/") + 1);
}

/** Lower case, printable, single spaces, well-formed UTF-16. */
function tidy(value: string): string {
  return value
    .normalize("NFC")
    .toLowerCase()
    .normalize("NFC")
    .replace(/[\p{C}\p{Z}]+/gu, " ")
    .trim();
}

/** A name that this module made comes back as it is. */
function ownForm(text: string): string | null {
  const path = cleanPath(text);
  const parts = path.split("/").length;
  const isWhole = FOLDER.test(path) || parts >= (path.startsWith("folder/") ? 3 : 2);
  return isWhole ? bounded(path) : null;
}

function named(text: string): string | null {
  const path = cleanPath(text.replaceAll("\\", "/"));
  return path === "" ? null : bounded(`name/${path}`);
}

/** `[user@]host:path`: git's own rule is a colon before the first slash. */
function scpRemote(address: string): string | null {
  const colon = address.indexOf(":");
  const slash = address.indexOf("/");
  if (colon <= 0 || (slash >= 0 && slash < colon) || address.startsWith("[")) return null;
  return remote(address.slice(0, colon), "", address.slice(colon + 1), "ssh");
}

/** `host:<port>/path`: how this module writes a server on a port of its own. */
function ownAddress(address: string): string | null {
  return /^[^/:]{1,253}:[0-9]{1,5}\//.test(address) ? remoteUrl(address, "http") : null;
}

/** `host[:port]/path`, a normalised name included. */
function remoteUrl(address: string, transport: Transport): string | null {
  const slash = address.indexOf("/");
  if (slash < 0) return null;
  const authority = address.slice(0, slash);
  const port = /:([0-9]{0,5})$/.exec(authority);
  const host = port === null ? authority : authority.slice(0, port.index);
  return remote(host, port?.[1] ?? "", address.slice(slash + 1), transport);
}

function remote(host: string, port: string, path: string, transport: Transport): string | null {
  const clean = cleanPath(path);
  if (clean === "" || !(IPV6_HOST.test(host) || HOST.test(host))) return null;
  const at = canonicalRemote(host, port, clean.split("/"), transport);
  const known = at.host.includes(".") || at.host.includes("[") || /^localhost(?::|$)/.test(at.host);
  return bounded(`${known ? "" : "name/"}${at.host}/${cleanPath(tidy(at.path))}`);
}

/**
 * Cuts `user@` and `user:password@`. The user ends at the last `@` before the path, which begins at
 * the first slash, or at the colon of the scp form where an `@` stands before it.
 */
function withoutUser(text: string): string {
  const slash = text.indexOf("/");
  const authority = slash < 0 ? text : text.slice(0, slash);
  const at = authority.lastIndexOf("@");
  if (at >= 0) {
    const colon = authority.indexOf(":");
    const scpUser = authority.indexOf("@");
    const end = colon > scpUser && !/^[^@]*@[^@:]*:[0-9]*$/.test(authority) ? scpUser : at;
    return text.slice(end + 1);
  }
  // A password with a slash in it is no valid URL, but must not become part of a name either.
  const late = text.lastIndexOf("@");
  return /^[^/@]*:/.test(text) && late >= 0 ? text.slice(late + 1) : text;
}

/** At most the limit, and still a name that a second pass leaves as it is. */
function bounded(name: string): string {
  return name.length <= PROJECT_NAME_MAX_CHARS
    ? name
    : cleanPath(name.slice(0, PROJECT_NAME_MAX_CHARS).toWellFormed());
}

/** No empty, `.` or `..` parts, and no `.git` at the end. */
function cleanPath(path: string): string {
  const parts = path
    .split("/")
    .map((part) => part.trim())
    .filter((part) => part !== "" && part !== "." && part !== "..");
  for (;;) {
    const last = parts.pop();
    if (last === undefined) return "";
    const stem = last.replace(/(?:\.git| )+$/, "");
    if (stem === "" || stem === "." || stem === "..") continue;
    return [...parts, stem].join("/");
  }
}

/** The name of a project's object: renaming a project repoints its name and moves no data. */
export function projectObjectName(team: string, number: number): string {
  return `${team}/${number}`;
}
