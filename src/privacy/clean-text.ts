/** Text as an agent's tools print it, made plain: no control codes, no broken UTF-16, no blobs. */

import { TEXT_CUT } from "../platform/long-text.ts";

const ESC = "\\x1b";
/** Terminal colours and cursor movements, window titles, and what is left of a cut one. */
const ESCAPES = new RegExp(
  `${ESC}(?:\\[[0-9;:?]{0,40}[A-Za-z]|\\][^\\x07${ESC}\\n]{0,1000}(?:\\x07|${ESC}\\\\)|[@-Z\\\\^_])?`,
  "g",
);
/** Control characters but `\t` and `\n`, line and paragraph separators, byte order marks. */
const CONTROLS = /[^\t\n\x20-\x7e\u00a0-\u2027\u202a-\ufefe\uff00-\uffff]/g;

/**
 * Characters without a width, and those that change the direction: between letters of some scripts
 * they have a meaning, and in emoji; beside ASCII they only hide what a word is.
 */
const INVISIBLE_CLASS =
  "[\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0e\\uffa0]";
const INVISIBLE = new RegExp(
  `(?<![\\u0080-\\uffff])${INVISIBLE_CLASS}{1,64}(?![\\u00a0-\\uffff])`,
  "g",
);
const ANY_INVISIBLE = new RegExp(INVISIBLE_CLASS);

/**
 * Only `\n` and `\t` stay of the control characters; `\r` becomes a line end. What cannot be seen
 * within words of ASCII goes.
 */
export function cleanText(text: string): string {
  const plain = text.toWellFormed().replace(ESCAPES, "");
  const lines = plain.includes("\r") ? plain.replace(/\r\n?/g, "\n") : plain;
  const visible = lines.replace(CONTROLS, "");
  return ANY_INVISIBLE.test(visible) ? visible.replace(INVISIBLE, "") : visible;
}

/** Shorter runs of base64 may well be text that tells something: a hash, an id. */
const BLOB_MIN_CHARS = 1_000;
const DATA_URI = /data:([\w.+-]{1,60}\/[\w.+-]{1,60})(?:;[\w=.-]{1,60}){0,4};base64,$/;
/** Longest `data:…;base64,` that is looked for in front of a blob. */
const DATA_URI_MAX_CHARS = 400;
const BYTES_PER_KB = 1024;

/** `[image/png, 34 KB]`: a blob by its type and the size that it decodes to. */
export function blobName(type: string, base64Chars: number): string {
  const bytes = Math.floor((base64Chars * 3) / 4);
  const size = bytes < BYTES_PER_KB ? `${bytes} B` : `${Math.round(bytes / BYTES_PER_KB)} KB`;
  return `[${type}, ${size}]`;
}

/**
 * Names blobs instead of keeping them. A run of at least `BLOB_MIN_CHARS` covers a multiple of it,
 * so only these places are looked at.
 */
export function nameBlobs(text: string): string {
  if (text.length < BLOB_MIN_CHARS) return text;
  let result = "";
  let position = 0;
  for (let probe = BLOB_MIN_CHARS - 1; probe < text.length; probe += BLOB_MIN_CHARS) {
    if (probe < position || !isBase64(text.charCodeAt(probe))) continue;
    let start = probe;
    while (start > position && isBase64(text.charCodeAt(start - 1))) start -= 1;
    let end = endOfRun(text, probe + 1);
    let length = end - start;
    // A blob whose middle did not even arrive.
    const cut = MISSING.exec(text.slice(end, end + MISSING_MAX_CHARS));
    if (cut !== null) {
      const from = end + cut[0].length;
      end = endOfRun(text, from);
      length += Number(cut[1]) + end - from;
    }
    probe = Math.max(probe, end - (end % BLOB_MIN_CHARS) - 1);
    if (length < BLOB_MIN_CHARS || !isMixed(text.slice(start, start + BLOB_MIN_CHARS))) continue;
    const before = text.slice(Math.max(position, start - DATA_URI_MAX_CHARS), start);
    const uri = DATA_URI.exec(before);
    const from = start - (uri?.[0].length ?? 0);
    while (text.charAt(end) === "=") end += 1;
    result += text.slice(position, from) + blobName(uri?.[1] ?? "base64", length);
    position = end;
  }
  return result + text.slice(position);
}

/** What stands for the missing middle of a text, here at its beginning. */
const MISSING = new RegExp(`^${TEXT_CUT.source}`);
const MISSING_MAX_CHARS = 20;

/** Where the run of base64 ends that goes on at `from`. */
function endOfRun(text: string, from: number): number {
  let end = from;
  while (end < text.length && isBase64(text.charCodeAt(end))) end += 1;
  return end;
}

/** `A-Z a-z 0-9 + / - _`: both alphabets of base64. */
function isBase64(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 47 && code <= 57) ||
    code === 43 ||
    code === 45 ||
    code === 95
  );
}

/** A ruler of dashes, a long path or hexadecimal digits are no base64. */
function isMixed(run: string): boolean {
  return /[A-Z]/.test(run) && /[g-z]/.test(run) && /[0-9]/.test(run);
}
