/** Tool calls that are about files whose contents are never recorded (`ignored-names.ts`). */
import { COMMAND_FIELDS } from "../memory/tool-fields.ts";
import { isIgnoredGlob, isIgnoredPath } from "./ignored-names.ts";
import { expandBraces, someShellWord } from "./shell-words.ts";

/** Levels and entries of a tool's input that are gone through. */
const DEPTH_MAX = 8;
const ENTRIES_MAX = 2_000;
const PATH_MAX_CHARS = 4_096;

const IS_COMMAND: ReadonlySet<string> = new Set<string>(COMMAND_FIELDS);

/** Arguments that hold text, code or a question: what looks like a path in them is spoken of. */
const IS_TEXT =
  /^(?:content|contents|text|body|data|prompt|query|question|message|description|title|name|label|old_?str(?:ing)?|new_?str(?:ing)?|old_?text|new_?text|insert_?text|file_?text|replacement|pattern|regex|search|value|code|source_?code|code_?edit|instructions?|explanation|reason|summary|comment|todos?|subject|edits|insertions?)$/i;

/**
 * True where a tool's input names an ignored file: as a path in any argument, nested or in a list,
 * or as a word of a shell command (`cat .env`, `source "../.env.local"`, `--env-file=.env`, `@.env`).
 */
export function ignoredFile(input: unknown, globs: readonly string[]): boolean {
  if (typeof input !== "object" || input === null) return false;
  return new Search(globs).within(input, 0, "");
}

class Search {
  private left = ENTRIES_MAX;
  private readonly globs: readonly string[];

  constructor(globs: readonly string[]) {
    this.globs = globs;
  }

  /** `name`: of the argument that holds the value, or that holds what holds it. */
  within(value: unknown, depth: number, name: string): boolean {
    this.left -= 1;
    if (this.left < 0 || depth > DEPTH_MAX) return false;
    if (typeof value === "string") return this.text(value, name);
    if (typeof value !== "object" || value === null) return false;
    if (Array.isArray(value)) return value.some((item) => this.within(item, depth + 1, name));
    return Object.entries(value).some(([key, item]) => this.within(item, depth + 1, key));
  }

  private text(value: string, name: string): boolean {
    if (IS_COMMAND.has(name)) return this.command(value) || this.patch(value);
    if (value.includes("*** Begin Patch")) return this.patch(value);
    if (IS_TEXT.test(name)) return false;
    return value.length <= PATH_MAX_CHARS && this.path(value);
  }

  private path(value: string): boolean {
    if (value.includes("\n")) return false;
    const path = plainPath(value);
    // A sentence names files too, and is no path.
    if (/\s/.test(path) && !/^(?:[/~.]|[A-Za-z]:[\\/])/.test(path)) return false;
    return expandBraces(path).some((one) => this.isIgnored(one));
  }

  private isIgnored(path: string): boolean {
    if (/[*?[]/.test(path))
      return isIgnoredGlob(path) || this.isIgnored(path.replace(/[*?[\]]/g, ""));
    return isIgnoredPath(path, this.globs);
  }

  /** A patch names its files in lines of its own. */
  private patch(value: string): boolean {
    if (!value.includes("*** ")) return false;
    const named = value
      .slice(0, PATCH_MAX_CHARS)
      .matchAll(/^\*\*\* (?:Add|Update|Delete) File: (.{1,4096})$/gm);
    return [...named].some(
      ([, path]) => path !== undefined && isIgnoredPath(path.trim(), this.globs),
    );
  }

  private command(command: string): boolean {
    if (this.globs.length === 0 && !COMMAND_SCREEN.test(command)) return false;
    let reading = false;
    return someShellWord(command, (word) => {
      const isRead = reading;
      if (!/^(?:-|[0-9]+$)/.test(word)) reading = READER.test(word);
      return parts(word).some((part) => (isRead || isPathLike(part)) && this.isIgnored(part));
    });
  }
}

const PATCH_MAX_CHARS = 256 * 1024;

/** What can make a shell word name an ignored file; without it most commands are done at once. */
const COMMAND_SCREEN =
  /env|pem|key|p12|pfx|p8|ppk|jks|store|kdb|cred|id_|rc\b|pgpass|\.cnf|passw|secret|docker|kube|k3s|tfstate|tfvars|tfplan|account|adminsdk|vault|history|histfile|\.ssh|_rsa|ed25519|gnupg|gcloud|\.aws|\.azure|shadow|htpasswd|s3cfg|boto|rclone|hosts|settings|auth\.json|ovpn|wg\d|vars|[*?[{\\'"]/i;

/** A word and what stands in it behind `=`, `:`, `@` or `,`: `--env-file=.env`, `HEAD:.env`, `@.env`. */
function parts(word: string): string[] {
  const found = word.split(/[=:@,{}[\]"'`$]+/).filter((part) => part !== "");
  return found.length > 1 ? [word, ...found] : found;
}

/** Commands whose argument is a file even where it looks like any other word. */
const READER =
  /(?:^|\/)(?:cat|bat|batcat|less|more|head|tail|tac|nl|source|\.|cp|mv|scp|rsync|base64|xxd|od|hexdump|strings|jq|yq|vi|vim|nano|emacs|code|ssh-add|type|Get-Content|gc|open|view)$/i;

/**
 * `grep credentials src` and `select id_user` name no file; what has a slash or a dot does, and so
 * do the names that ssh gives its keys.
 */
function isPathLike(word: string): boolean {
  return /[./\\]/.test(word) || /^id_(?:rsa|dsa|ecdsa|ed25519)/i.test(word);
}

/** `file:///app/%2Eenv#L1` as a path. */
function plainPath(value: string): string {
  const trimmed = value.trim();
  const uri = /^[a-z][a-z0-9+.-]{1,20}:\/\/\/?([^?#]{0,4096})/i.exec(trimmed)?.[1];
  const path = uri ?? trimmed;
  if (!path.includes("%")) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
