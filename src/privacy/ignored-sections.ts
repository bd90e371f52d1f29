/**
 * What an output says of itself: the headings of diffs, of `head` and `tail`, of grep and rg, and
 * the lines that name their file. What stands under the name of an ignored file goes.
 */
import { isIgnoredPath } from "./ignored-names.ts";

/** Without one of these no output names an ignored file. */
const SCREEN =
  /env|pem|key|p12|pfx|p8|ppk|jks|store|kdb|cred|id_|rc\b|pgpass|\.cnf|passw|secret|docker|kube|tfstate|tfvars|account|adminsdk|vault|history|shadow|s3cfg|boto|rclone|hosts|settings|auth\.json|vars/i;

/** `path:12:text` and `path-12-text`, as grep prints what it found in more than one file. */
const FOUND_LINE = /^((?:[A-Za-z]:)?[^\s:]{1,500}?)(?::[0-9]{0,7}|-[0-9]{1,7}-)/;
/** `HEAD~1:path:12:text`, as `git grep` prints it. */
const FOUND_AT_COMMIT = /^[\w./@^~-]{1,100}:([^\s:]{1,500}):/;

/** Headings of diffs, with the path in their first group. */
const DIFF_HEADINGS: readonly RegExp[] = [
  /^diff --(?:git|cc|combined) (?:"?[a-z]\/)?(.{1,500}?)"?(?: "?b\/.{1,500})?$/,
  /^(?:\+\+\+|---) "?(?:[a-z]\/)?([^\t\n]{1,500}?)"?(?:\t.{0,100})?$/,
];
/** Headings that can be nothing else. */
const SURE_HEADINGS: readonly RegExp[] = [
  /^==> (.{1,500}) <==$/,
  /^\*\*\* (?:Update|Add) File: (.{1,500})$/,
  /^<(?:file|document|source)\b[^<>\n]{0,60}\b(?:path|name|source)="([^"\n]{1,500})"[^<>\n]{0,60}>$/,
  /^[│|\s]{0,8}File: (\S{1,300})$/,
  // What was typed in a transcript of a shell.
  /^\$ (?:cat|less|more|head|tail|bat)(?: -{1,2}[\w=-]{1,20}){0,3} (\S{1,300})$/,
];
/** A path in a title, or alone on its line: a heading where a file's text follows. */
const TITLE =
  /^(?:(?:#{1,6}|\/\/|={2,}|-{2,}|Contents? of|Reading)\s{0,4})?[`*"']{0,3}((?:[A-Za-z]:)?[\w.~/\\@+-]{1,300})[`*"']{0,3}:?(?:\s?(?:-{2,}|={2,}))?$/i;
/** A line under the heading of a search: its number first. */
const NUMBERED = /^\s{0,8}[0-9]{1,7}[:\t→|-]/;
/** How the text of such a file begins. */
const FILE_TEXT =
  /^(?:```|:{6,}|\s{0,8}(?:[0-9]{1,6}[\t→|]\s{0,4})?(?:#|export |[A-Za-z_"][\w.-]{0,60}"?\s{0,4}[=:]|-----BEGIN|\[[\w. -]{1,60}\]$|machine |\{$|\/\/))/;
/** Under the heading of a diff. */
const DIFF_LINE =
  /^(?:[ +\-@\\]|index |new file|deleted file|old mode|new mode|similarity|rename|copy|Binary|GIT )/;

/** What a section is, and so where it ends. */
type Section = "diff" | "part" | "found" | null;

/** Takes out what an output holds of ignored files; the headings stay. */
export function dropIgnoredLines(text: string, globs: readonly string[]): string {
  if (globs.length === 0 && !SCREEN.test(text)) return text;
  const kept: string[] = [];
  let ignored: Section = null;
  const lines = text.split("\n");
  for (const [i, line] of lines.entries()) {
    const heading = headingOf(line, lines[i + 1]);
    if (heading !== null) {
      const starts = isIgnoredPath(heading.path, globs);
      // `---` and `+++` belong to the heading of their diff.
      if (!(ignored === "diff" && heading.kind === "diff" && /^[-+]{3} /.test(line)) || starts) {
        ignored = starts ? heading.kind : null;
      }
      kept.push(line);
      continue;
    }
    if (ignored !== null && !stillWithin(ignored, line, lines[i - 1])) ignored = null;
    if (ignored === null && !isFoundInIgnored(line, globs)) kept.push(line);
  }
  return kept.join("\n");
}

interface Heading {
  path: string;
  kind: "diff" | "part" | "found";
}

function headingOf(line: string, next: string | undefined): Heading | null {
  if (line.length > HEADING_MAX_CHARS || line.length < 3) return null;
  const diff = firstGroup(DIFF_HEADINGS, line);
  if (diff !== null) return { path: diff, kind: "diff" };
  const sure = firstGroup(SURE_HEADINGS, line);
  if (sure !== null) return { path: sure, kind: "part" };
  const path = TITLE.exec(line)?.[1];
  if (path === undefined || next === undefined || !/[./\\]|^id_/.test(path)) return null;
  if (NUMBERED.test(next)) return { path, kind: "found" };
  return FILE_TEXT.test(next) ? { path, kind: "part" } : null;
}

function firstGroup(patterns: readonly RegExp[], line: string): string | null {
  for (const pattern of patterns) {
    const path = pattern.exec(line)?.[1];
    if (path !== undefined) return path.trim();
  }
  return null;
}

const HEADING_MAX_CHARS = 1_000;

/**
 * A section of a diff ends with its lines, one of a search with an empty line, others with the name
 * of another file.
 */
function stillWithin(
  section: Exclude<Section, null>,
  line: string,
  before: string | undefined,
): boolean {
  if (section === "diff") return line === "" || DIFF_LINE.test(line);
  if (section === "found") return line !== "" && (NUMBERED.test(line) || line === "--");
  if (line.startsWith("$ ")) return false;
  const path = TITLE.exec(line)?.[1];
  return path === undefined || !/[./\\]/.test(path) || !(line.endsWith(":") || before === "");
}

function isFoundInIgnored(line: string, globs: readonly string[]): boolean {
  return [FOUND_LINE, FOUND_AT_COMMIT].some((pattern) => {
    const path = pattern.exec(line)?.[1]?.replace(/^[+-]/, "");
    if (path === undefined || !/[./\\]|^id_(?:rsa|dsa|ecdsa|ed25519)/i.test(path)) return false;
    return isIgnoredPath(path, globs);
  });
}
