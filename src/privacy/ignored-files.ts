/// <reference path="./picomatch.d.ts" />
/**
 * Files whose contents are never recorded. By name: `.env*` (an `.env.example` too: it is often a
 * filled-in copy), `*.pem`, `credentials*`, and `id_*`: all of them inside a folder `.ssh`, and
 * elsewhere those that look like a key (no extension, `.pub`, `.key`, `.pem`, `.bak`, `.old`), so
 * that `id_map.ts` stays a source file. `CAIRN_IGNORE` adds globs; one without a slash matches the
 * base name, one with a slash the end of the path.
 */
import picomatch from "picomatch";
import { COMMAND_FIELDS, PATH_FIELDS, PATH_LIST_FIELDS } from "../memory/tool-fields.ts";

/** Longest path or shell command that is looked at, in characters. */
const LOOK_MAX_CHARS = 64 * 1024;

const ENV_NAME = /^\.env/i;
const PEM_NAME = /\.pem$/i;
const CREDENTIALS_NAME = /^\.?(?:git-)?credentials/i;
const KEY_NAME = /^id_[a-z0-9_-]{1,100}(?:\.(?:pub|key|pem|bak|old|ppk))?$/i;

/** True for a path whose file must not be recorded. Both kinds of slashes. */
function isIgnoredPath(path: string, globs: readonly string[]): boolean {
  const parts = path.slice(-LOOK_MAX_CHARS).split(/[\\/]+/);
  const name = parts.at(-1) ?? "";
  if (name === "") return false;
  if (ENV_NAME.test(name) || PEM_NAME.test(name) || CREDENTIALS_NAME.test(name)) return true;
  if (KEY_NAME.test(name) || (/^id_/i.test(name) && parts.at(-2) === ".ssh")) return true;
  return globs.length > 0 && globMatcher(globs)(parts.join("/"));
}

let lastGlobs: { globs: readonly string[]; matches: (path: string) => boolean } | null = null;

/** Compiled once per list of globs: they come from the configuration, the same each time. */
function globMatcher(globs: readonly string[]): (path: string) => boolean {
  if (lastGlobs?.globs === globs) return lastGlobs.matches;
  const options = { dot: true, nocase: true };
  const names = picomatch(
    globs.filter((glob) => !glob.includes("/")),
    options,
  );
  const paths = globs
    .filter((glob) => glob.includes("/"))
    .map((glob) => glob.replace(/^\.?\//, ""));
  const whole = picomatch([...paths, ...paths.map((glob) => `**/${glob}`)], options);
  const matches = (path: string) => {
    const relative = path.replace(/^\/+/, "");
    return names(relative.slice(relative.lastIndexOf("/") + 1)) || whole(relative);
  };
  lastGlobs = { globs, matches };
  return matches;
}

/**
 * True where a tool's input names an ignored file: as a path, or as an argument of a shell command
 * (`cat .env`, `source "../.env.local"`, `--env-file=.env`, `<.env`, `@.env`).
 */
export function ignoredFile(input: unknown, globs: readonly string[]): boolean {
  if (typeof input !== "object" || input === null) return false;
  const fields = input as Record<string, unknown>;
  for (const name of PATH_FIELDS) {
    const value = fields[name];
    if (typeof value === "string" && isIgnoredPath(value, globs)) return true;
  }
  for (const name of PATH_LIST_FIELDS) {
    const value = fields[name];
    if (!Array.isArray(value)) continue;
    if (value.some((path) => typeof path === "string" && isIgnoredPath(path, globs))) return true;
  }
  return COMMAND_FIELDS.some((name) => {
    const value = fields[name];
    if (Array.isArray(value)) {
      return value.some((part) => typeof part === "string" && commandNames(part, globs));
    }
    return typeof value === "string" && commandNames(value, globs);
  });
}

/** What can make a shell word name an ignored file; without it most commands are done at once. */
const COMMAND_SCREEN = /\.env|\.pem|credentials|id_/i;
/** White space, quotes and the shell's own characters end a word; so do `=`, `:` and `@` inside one. */
const WORD_END = /[\s"'`;|&<>(){}[\],=:@]+/;

function commandNames(command: string, globs: readonly string[]): boolean {
  const text = command.slice(0, LOOK_MAX_CHARS);
  if (globs.length === 0 && !COMMAND_SCREEN.test(text)) return false;
  let reading = false;
  for (const word of text.split(WORD_END)) {
    if (word === "" || word.length > WORD_MAX_CHARS) continue;
    // `.env*` and `id_?` are patterns that the shell expands.
    const path = word.replace(/[*?]{1,8}$/, "");
    if ((reading || isPathLike(path)) && isIgnoredPath(path, globs)) return true;
    if (!/^(?:-|[0-9]+$)/.test(word)) reading = READER.test(word);
  }
  return false;
}

const WORD_MAX_CHARS = 4_096;

/** Commands whose argument is a file even where it looks like any other word. */
const READER =
  /^(?:cat|bat|less|more|head|tail|source|cp|mv|scp|base64|xxd|od|strings|jq|vi|vim|nano|ssh-add)$/;

/**
 * `grep credentials src` and `select id_user` name no file; what has a slash or a dot does, and so
 * do the names that ssh gives its keys.
 */
function isPathLike(word: string): boolean {
  return /[./\\]/.test(word) || /^id_(?:rsa|dsa|ecdsa|ed25519)/i.test(word);
}

/** `path:12:text` and `path-12-text`, as grep prints what it found in more than one file. */
const FOUND_LINE = /^([^\s:]{1,500}?)(?::[0-9]{0,7}|-[0-9]{1,7}-)/;

/** Takes out the lines that a search found inside ignored files. */
export function dropIgnoredLines(text: string, globs: readonly string[]): string {
  if (globs.length === 0 && !COMMAND_SCREEN.test(text)) return text;
  return text
    .split("\n")
    .filter((line) => {
      const path = FOUND_LINE.exec(line)?.[1];
      return path === undefined || !isPathLike(path) || !isIgnoredPath(path, globs);
    })
    .join("\n");
}
