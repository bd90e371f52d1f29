/** What a piece of code defines, by the shape of its lines: no parser, any language that people use. */

/** Longest line that is looked at: what is longer was written by a machine. */
const LINE_MAX = 400;

const MODIFIERS =
  "(?:(?:export|default|async|public|private|protected|static|final|abstract|override|pub(?:\\([a-z]{1,10}\\))?|unsafe|inline|open|sealed|data|declare|readonly)\\s{1,4}){0,5}";
const KEYWORDS =
  "function\\*?|class|interface|type|enum|struct|trait|impl|module|namespace|defmodule|defmacrop?|defprotocol|defimpl|defp?|fn|func|fun|object|record|protocol|macro|resource|sub|proc";

/** `keyword Name(` with an optional literal first argument, which tells clauses of one function apart. */
const KEYWORD_DEFINITION = new RegExp(
  `^\\s{0,60}${MODIFIERS}(?:${KEYWORDS})\\s{1,4}(?:\\([^()]{1,80}\\)\\s{1,4})?([\\p{L}_$][\\p{L}\\p{N}_$.:]{1,80}[?!]?)(?:\\(\\s{0,4}(["'\`:][\\p{L}\\p{N}_./ -]{2,50}["'\`]?))?`,
  "u",
);
const FUNCTION_VALUE = new RegExp(
  `^\\s{0,60}${MODIFIERS}(?:const|let|var|val)\\s{1,4}([\\p{L}_$][\\p{L}\\p{N}_$]{1,60})(?:\\s{0,4}:[^=]{1,80})?\\s{0,4}=\\s{0,4}(?:async\\s{1,4})?(?:\\(|function\\b|[\\p{L}\\p{N}_$]{1,40}\\s{0,4}=>)`,
  "u",
);
/** `name() {` of a shell. */
const SHELL_FUNCTION = /^\s{0,8}([\p{L}_][\p{L}\p{N}_-]{1,60})\(\)\s{0,4}\{/u;
const CONSTANT = new RegExp(
  `^\\s{0,8}${MODIFIERS}(?:const|final|let|var|val)?\\s{0,4}([\\p{Lu}][\\p{Lu}\\p{N}_]{3,60})\\s{0,4}[:=]`,
  "u",
);
/** A value that a module gives to others. */
const EXPORTED =
  /^\s{0,8}(?:export|pub)\s{1,4}(?:declare\s{1,4})?(?:const|let|var|static)\s{1,4}(?:mut\s{1,4})?([\p{L}_$][\p{L}\p{N}_$]{1,60})\s{0,4}[:=]/u;
const ATTRIBUTE =
  /^\s{0,8}@(?!moduledoc|doc\b|typedoc|spec|impl|behaviour|callback|type|tag|describetag|shortdoc)([a-z][a-z0-9_]{2,50})\s{1,4}(?=\d|"|:|%|\[|~|\(|__)/;
const TEST_CASE =
  /^\s{0,60}(?:describe|context|feature|scenario|test|it|specify)\b(?:\.\w{1,12})?\s{0,3}\(?\s{0,3}["'`]([^"'`\n]{3,100})/;
const SQL_OBJECT =
  /^\s{0,60}(?:execute\(\s{0,3}")?(?:CREATE|ALTER|DROP)\s{1,3}(?:UNIQUE\s{1,3}|VIRTUAL\s{1,3})?(?:TABLE|INDEX|VIEW|TRIGGER)\s{1,3}(?:IF\s{1,3}(?:NOT\s{1,3})?EXISTS\s{1,3})?["'`]?([\p{L}_][\p{L}\p{N}_.]{1,80})/iu;
const CSS_RULE = /^\s{0,20}([.#][\p{L}][\p{L}\p{N}_-]{2,60})[^{};]{0,120}\{/u;
const JSON_KEY = /^\s{0,12}"([\p{L}\p{N}_.@/-]{2,60})"\s{0,3}:/u;
const YAML_KEY = /^\s{0,6}([\p{L}][\p{L}\p{N}_.-]{1,50}):(?:\s|$)/u;
const MARKDOWN_HEADING = /^#{1,4}\s{1,4}(.{2,100})$/;
const DECLARED =
  /^\s{0,60}(?:attribute|field|belongs_to|has_many|has_one|create|update|read|action|scope|get|post|put|patch|delete|live|plug|add|column|option|resource)\b[( ]\s{0,3}[:"'`]([\p{L}\p{N}_./:-]{2,60})/u;

/** Definitions that every module has; a list of them tells nothing. */
const COMMONPLACE = new Set(["render", "mount", "init", "constructor", "main", "up", "down", "do"]);

function namesIn(line: string, extension: string): string | null {
  if (/^(?:md|mdx|markdown|rst|txt)$/.test(extension)) {
    return MARKDOWN_HEADING.exec(line)?.[1]?.trim() ?? null;
  }
  if (extension === "json") return JSON_KEY.exec(line)?.[1] ?? null;
  if (/^(?:ya?ml|toml)$/.test(extension)) return YAML_KEY.exec(line)?.[1] ?? null;
  if (/^(?:css|scss|less)$/.test(extension)) return CSS_RULE.exec(line)?.[1] ?? null;
  const keyword = KEYWORD_DEFINITION.exec(line);
  if (keyword?.[1]) {
    const name = keyword[1].replace(/[.:]{1,2}$/, "");
    return keyword[2] ? `${name}(${keyword[2]})` : name;
  }
  for (const form of [
    FUNCTION_VALUE,
    SHELL_FUNCTION,
    TEST_CASE,
    CONSTANT,
    EXPORTED,
    ATTRIBUTE,
    SQL_OBJECT,
    DECLARED,
  ]) {
    const name = form.exec(line)?.[1];
    if (name) return form === TEST_CASE ? `"${name.trim()}"` : name;
  }
  return null;
}

/** Extension of a file name, lower case, without the dot; empty where there is none. */
function extensionOf(path: string): string {
  return /\.([A-Za-z0-9]{1,10})$/.exec(path)?.[1]?.toLowerCase() ?? "";
}

/** Line numbers that a tool put before each line of a file. */
export const LINE_NUMBER = /^\s{0,8}\d{1,6}(?:→|\t|:\s|\s?\|)/;

/** Names that `code` defines, each once, in order; what every module has comes last. */
export function definedNames(code: string, path: string): string[] {
  const extension = extensionOf(path);
  const names = new Set<string>();
  for (const raw of code.split("\n")) {
    if (raw.length > LINE_MAX) continue;
    const name = namesIn(raw.replace(LINE_NUMBER, ""), extension);
    if (name !== null) names.add(name);
  }
  const all = [...names];
  return [
    ...all.filter((name) => !COMMONPLACE.has(name)),
    ...all.filter((name) => COMMONPLACE.has(name)),
  ];
}

/** Lines at a file's top whose comments are about the file. */
export const FILE_COMMENT_LINES = 8;

/** Text of a documentation line, or (where `comments` count) of a comment; else null. */
function commentText(line: string, comments: boolean): string | null {
  const comment = /^\s{0,60}(?:\/\/[/!]?|#(?!!|\{)|--|\*|\/\*\*?|;;)\s{0,4}(\S.{8,300})$/.exec(
    line,
  );
  if (comments && comment?.[1]) return comment[1].replace(/\s{0,4}\*\/$/, "");
  const doc =
    /^\s{0,60}(?:@(?:module|type)?doc\s{1,4})?(?:"""|"|''')\s{0,4}([\p{Lu}\p{Lo}][^"]{12,300})/u.exec(
      line,
    );
  return doc?.[1] ?? null;
}

/**
 * The first sentence in which `code` says in prose what it is for: a documentation string or a
 * comment of at least four words. Null where there is none. Of a whole file, only the comments
 * of the first `commentLines` lines speak of the file itself.
 */
export function statedPurpose(code: string, commentLines = 400): string | null {
  let insideDocString = false;
  for (const [i, raw] of code.split("\n").slice(0, 400).entries()) {
    if (raw.length > LINE_MAX) continue;
    const line = raw.replace(LINE_NUMBER, "");
    // Other strings of several lines (queries, templates) begin behind a call or an assignment.
    const quotes = /^\s{0,60}(?:@(?:module|type)?doc\s{1,4}(?:~[sS])?)?(?:"""|''')\s{0,4}$/.test(
      line,
    );
    if (quotes) {
      insideDocString = !insideDocString;
      continue;
    }
    const text = insideDocString ? line.trim() : commentText(line, i < commentLines);
    if (text === null || !/\p{L}{2,40}(?:\s{1,4}[\p{L}\p{N}_'`"(-]{1,40}){3}|\p{Lo}{6}/u.test(text))
      continue;
    if (
      /[{};=]\s{0,3}$|copyright|licen[cs]e|eslint|prettier|biome-ignore|@ts-|noqa|pragma/i.test(
        text,
      )
    ) {
      continue;
    }
    return text.replace(/([.!?])\s.{0,300}$/, "$1").trim();
  }
  return null;
}
