/**
 * Secrets in text that is encoded in text: `password%3Dhunter2`, `login+-p+hunter2`,
 * `password=&quot;hunter2&quot;`, and JSON whose strings hold lines of their own
 * (`"log": "…\\nmysql -phunter2"`). It is read as it is meant, and what the rules take out of that is
 * taken out of the text as it stands.
 */
import { type Replacement, replaceAll } from "./replacements.ts";

/** What URLs and forms are made of, beside `%`. */
const URL_PART = /[A-Za-z0-9_.~!*'()+&=;:@,/?#$-]/;
/** As much is looked at in front of the first `%XX` of a run, and behind it. */
const RUN_BEFORE_CHARS = 4_000;
const RUN_AFTER_CHARS = 8_000;
/** A line's end, a tab, a letter or a colour written as an escape or an entity, glued to a word. */
const ESCAPE_BEFORE_WORD =
  /\\(?:[nrt](?=[\p{L}\p{N}_<| -])|u00[0-9a-fA-F]{2}|x1[bB]|e\[|033\[)|&(?:quot|apos|lt|gt|amp|#(?:3[49]|x2[27]));/gu;
const MARK = /\[redacted:[a-z0-9-]{1,40}\]/;

type Redact = (decoded: string) => string;

/** Replaces secrets in encoded parts of a text by what `redact` makes of them decoded. */
export function redactEncoded(text: string, redact: Redact): string {
  let plain = text.includes("%") ? redactRuns(text, "%", redact) : text;
  if (plain.includes("+")) plain = redactRuns(plain, "+", redact);
  return plain.includes("\\") || ANY_ENTITY.test(plain) ? redactEscaped(plain, redact) : plain;
}

const ANY_ENTITY = /&(?:quot|apos|lt|gt|amp|#(?:3[49]|x2[27]));/;
const WORD_BEHIND = /[\w-]/;

/** True where a run of what URLs are made of is encoded: at a `%` with two digits, or a `+` in it. */
function isEncoded(text: string, at: number, sign: "%" | "+"): boolean {
  if (sign === "%") return /^[0-9A-Fa-f]{2}$/.test(text.slice(at + 1, at + 3));
  if (!WORD_BEHIND.test(text.charAt(at + 1)) || !WORD_BEHIND.test(text.charAt(at - 1)))
    return false;
  return /^\w\+[\w-]{1,100}\+\S/.test(text.slice(at - 1, at + 104));
}

function redactRuns(text: string, sign: "%" | "+", redact: Redact): string {
  const found: Replacement[] = [];
  let reach = 0;
  for (
    let hit = text.indexOf(sign);
    hit !== -1;
    hit = text.indexOf(sign, Math.max(hit + 1, reach))
  ) {
    if (!isEncoded(text, hit, sign)) continue;
    const least = Math.max(reach, hit - RUN_BEFORE_CHARS);
    let start = hit;
    while (start > least && URL_PART.test(text.charAt(start - 1))) start -= 1;
    const most = Math.min(text.length, hit + RUN_AFTER_CHARS);
    reach = hit + 1;
    while (reach < most && (text[reach] === "%" || URL_PART.test(text.charAt(reach)))) reach += 1;
    found.push(...secretsIn(decode(text.slice(start, reach), start), redact));
  }
  return replaceAll(text, found);
}

/** All lines with such escapes as one text: most have none. */
function redactEscaped(text: string, redact: Redact): string {
  const decoded: Decoded = { text: "", offsets: [] };
  let reach = 0;
  ESCAPE_BEFORE_WORD.lastIndex = 0;
  for (let hit = ESCAPE_BEFORE_WORD.exec(text); hit !== null; hit = ESCAPE_BEFORE_WORD.exec(text)) {
    const start = Math.max(reach, text.lastIndexOf("\n", hit.index) + 1);
    const lineEnd = text.indexOf("\n", hit.index);
    const end = lineEnd === -1 ? text.length : lineEnd + 1;
    unescapeInto(text, start, end, decoded);
    reach = end;
    ESCAPE_BEFORE_WORD.lastIndex = end;
  }
  if (reach === 0) return text;
  decoded.offsets.push(reach);
  return replaceAll(text, secretsIn(decoded, redact));
}

const ESCAPED: Readonly<Record<string, string>> = { n: "\n", r: "\n", t: "\t" };
const ENTITIES: Readonly<Record<string, string>> = {
  quot: '"',
  "#34": '"',
  "#x22": '"',
  apos: "'",
  "#39": "'",
  "#x27": "'",
  lt: "<",
  gt: ">",
  amp: "&",
};
const ENTITY = /&([a-z]{2,4}|#[0-9x]{2,4});/y;
/** A code of one character, or a colour: from its escape character to its end. */
const CODE = /\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|e|033)/y;
const COLOUR = /\[[0-9;:?]{0,40}[A-Za-z]/y;
const ESCAPE_CHARACTER = 27;

/** Adds a part of a text to what is decoded, its escapes as what they stand for. */
function unescapeInto(text: string, start: number, end: number, decoded: Decoded): void {
  let result = "";
  for (let i = start; i < end; i++) {
    const character = text.charAt(i);
    const [meant, length] =
      character === "\\" ? escaped(text, i) : character === "&" ? entity(text, i) : [character, 1];
    if (meant !== "") decoded.offsets.push(i);
    result += meant;
    i += length - 1;
  }
  decoded.text += result;
}

/** What an escape at `at` means, and how long it is. */
function escaped(text: string, at: number): [meant: string, length: number] {
  CODE.lastIndex = at;
  const code = CODE.exec(text);
  if (code === null) {
    const next = text.charAt(at + 1);
    return [ESCAPED[next] ?? next, 2];
  }
  const digits = code[1] ?? code[2];
  const number = digits === undefined ? ESCAPE_CHARACTER : Number.parseInt(digits, 16);
  if (number !== ESCAPE_CHARACTER) return [String.fromCharCode(number), code[0].length];
  COLOUR.lastIndex = CODE.lastIndex;
  return ["", COLOUR.test(text) ? COLOUR.lastIndex - at : code[0].length];
}

function entity(text: string, at: number): [meant: string, length: number] {
  ENTITY.lastIndex = at;
  const found = ENTITY.exec(text);
  const meant = ENTITIES[found?.[1] ?? ""];
  return found === null || meant === undefined ? ["&", 1] : [meant, found[0].length];
}

/** Where in the text as it stands secrets are that the rules find in it decoded. */
function secretsIn(decoded: Decoded, redact: Redact): Replacement[] {
  const redacted = redact(decoded.text);
  if (redacted === decoded.text) return [];
  const last = decoded.offsets.at(-1) ?? 0;
  return parts(decoded.text, redacted).map(({ start, end, mark }) => ({
    start: decoded.offsets[start] ?? last,
    end: decoded.offsets[end] ?? last,
    mark,
  }));
}

interface Decoded {
  text: string;
  /** For each character of the text: where it begins in what was decoded; one more for its end. */
  offsets: number[];
}

/** `%XX` and `+` as what they stand for; bytes beyond ASCII as one character for each. */
function decode(run: string, start: number): Decoded {
  let text = "";
  const offsets: number[] = [];
  for (let i = 0; i < run.length; i++) {
    offsets.push(start + i);
    const character = run.charAt(i);
    const code = character === "%" ? Number.parseInt(run.slice(i + 1, i + 3), 16) : Number.NaN;
    if (Number.isNaN(code)) {
      text += character === "+" ? " " : character;
    } else {
      text += String.fromCharCode(code);
      i += 2;
    }
  }
  offsets.push(start + run.length);
  return decodedUtf8({ text, offsets });
}

/** Letters of other scripts are several bytes each: the names of passwords are written in them too. */
function decodedUtf8({ text, offsets }: Decoded): Decoded {
  if (!/[\u00c2-\u00f4][\u0080-\u00bf]/.test(text)) return { text, offsets };
  let result = "";
  const places: number[] = [];
  let position = 0;
  for (const match of text.matchAll(
    /[\u00c2-\u00df][\u0080-\u00bf]|[\u00e0-\u00ef][\u0080-\u00bf]{2}|[\u00f0-\u00f4][\u0080-\u00bf]{3}/g,
  )) {
    for (; position < match.index; position++) {
      result += text.charAt(position);
      places.push(offsets[position] ?? 0);
    }
    const bytes = Uint8Array.from(match[0], (byte) => byte.charCodeAt(0));
    const letter = new TextDecoder().decode(bytes);
    for (let unit = 0; unit < letter.length; unit++) places.push(offsets[position] ?? 0);
    result += letter;
    position += match[0].length;
  }
  return { text: result + text.slice(position), offsets: [...places, ...offsets.slice(position)] };
}

/** The pieces of a text that marks took the place of. */
function parts(before: string, after: string): Replacement[] {
  const found: Replacement[] = [];
  let position = 0;
  let rest = after;
  let mark = MARK.exec(rest);
  while (mark !== null) {
    const start = position + mark.index;
    rest = rest.slice(mark.index + mark[0].length);
    const next = MARK.exec(rest);
    const between = next === null ? rest : rest.slice(0, next.index);
    const end = next === null ? before.length - rest.length : before.indexOf(between, start + 1);
    found.push({ start, end: end === -1 ? before.length : end, mark: mark[0] });
    position = end === -1 ? before.length : end;
    mark = next;
  }
  return found;
}
