/** Private key blocks in PEM form, also where a cut took their beginning or their end. */

const BEGIN = /-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----/g;
const END = /-----END (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----/g;
const MARK = "[redacted:private-key]";

/** Longest key that is looked for: an RSA key of 16,384 bits has about 12,500 characters. */
const KEY_MAX_CHARS = 16_384;
/** Characters of base64, of escaped line ends, of quoting, and of a key's own header lines. */
const KEY_BODY = /[A-Za-z0-9+/=\s\\"'`,.:;|>#*→-]/;
/** Line ends, plain or escaped, with the quoting and the line numbers that tools put between. */
const BETWEEN_LINES =
  /(?:\s|\\[rnt]|["'+,|>#→]|[0-9]{1,6}[\t→:|]|(?<=\n)[\w./-]{1,200}[:-][0-9]{1,6}[:-]){0,24}/y;
/** A run this long is base64, and no prose; the last line of a key may be shorter. */
const BASE64_LINE =
  /[A-Za-z0-9+/]{24,76}={0,2}(?:(?:\\[rn]|\s){1,4}[A-Za-z0-9+/]{1,23}={0,2}(?![A-Za-z0-9+/ ]))?/y;

/** Replaces each block by one mark. */
export function redactPrivateKeys(text: string): string {
  const plain = text.includes("Private-Lines:") ? redactPutty(text) : text;
  if (!plain.includes("PRIVATE KEY")) return plain;
  return redactHeadless(redactBlocks(plain));
}

/** What begins the private part of a key of PuTTY's: the lines that follow are of base64. */
const PUTTY = /Private-Lines:[ \t]{0,4}[0-9]{1,4}/g;

function redactPutty(text: string): string {
  let result = "";
  let position = 0;
  for (const head of text.matchAll(PUTTY)) {
    const start = head.index + head[0].length;
    const limit = Math.min(text.length, start + KEY_MAX_CHARS);
    const end = base64End(text, start, limit, linePrefix(text, head.index));
    if (start < position || end === start) continue;
    result += `${text.slice(position, start)}\n${MARK}`;
    position = end;
  }
  return result + text.slice(position);
}

function redactBlocks(text: string): string {
  const begins = [...text.matchAll(BEGIN)];
  const ends = [...text.matchAll(END)];
  let result = "";
  let position = 0;
  let nextEnd = 0;
  for (const [i, begin] of begins.entries()) {
    const bodyStart = begin.index + begin[0].length;
    while ((ends[nextEnd]?.index ?? Number.POSITIVE_INFINITY) < bodyStart) nextEnd += 1;
    const end = ends[nextEnd];
    const limit = Math.min(begins[i + 1]?.index ?? text.length, bodyStart + KEY_MAX_CHARS);
    const closed = end !== undefined && end.index <= limit && isKeyBody(text, bodyStart, end.index);
    const prefix = linePrefix(text, begin.index);
    const bodyEnd = closed ? end.index + end[0].length : base64End(text, bodyStart, limit, prefix);
    if (bodyEnd === bodyStart) continue;
    result += text.slice(position, begin.index) + MARK;
    position = bodyEnd;
  }
  return result + text.slice(position);
}

/** Two lines' worth of base64 between the borders, whatever tools put in front of the lines. */
const SHORTEST_LINE = /[A-Za-z0-9+/]{16}/;
const KEY_LINES = /[A-Za-z0-9+/]{40}[\s\S]{0,400}?[A-Za-z0-9+/]{40}/;

function isKeyBody(text: string, start: number, end: number): boolean {
  if (!SHORTEST_LINE.test(text.slice(start, end))) return false;
  if (KEY_LINES.test(text.slice(start, end))) return true;
  for (let i = start; i < end; i++) if (!KEY_BODY.test(text.charAt(i))) return false;
  return true;
}

/** Longest part of a line that tools put in front of it. */
const PREFIX_MAX_CHARS = 120;

/** What stands in front of `at` on its line, with any numbers in it; null for nothing. */
function linePrefix(text: string, at: number): RegExp | null {
  const before = text.slice(Math.max(0, at - PREFIX_MAX_CHARS), at);
  const prefix = before.slice(before.lastIndexOf("\n") + 1);
  if (prefix.trim() === "") return null;
  const source = prefix
    .replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")
    .replace(/[0-9]{1,20}/g, "[0-9]{1,20}")
    .replace(/ {1,40}/g, " {1,40}");
  return new RegExp(`\\n${source}`, "y");
}

/** Where the base64 lines from `start` on end: the rest of a key that was cut. */
function base64End(text: string, start: number, limit: number, prefix: RegExp | null): number {
  let reach = start;
  while (reach < limit) {
    const from = lineStart(text, reach, prefix);
    BASE64_LINE.lastIndex = from;
    const line = BASE64_LINE.exec(text);
    if (line === null) return reach;
    reach = from + line[0].length;
  }
  return reach;
}

function lineStart(text: string, reach: number, prefix: RegExp | null): number {
  if (prefix !== null) {
    prefix.lastIndex = reach;
    if (prefix.test(text)) return prefix.lastIndex;
  }
  BETWEEN_LINES.lastIndex = reach;
  return reach + (BETWEEN_LINES.exec(text)?.[0].length ?? 0);
}

/** The last line of a key, or one before it, and what stands in front of the line that follows. */
const LAST_LINE =
  /(?:^|[^A-Za-z0-9+/=])([A-Za-z0-9+/]{4,76}={0,2})["'+,]{0,3}[ \t\r]{0,8}(?:\n|\\n)[^\n]{0,120}$/;
const WHOLE_LINE =
  /(?:^|[^A-Za-z0-9+/=])([A-Za-z0-9+/]{40,76})["'+,]{0,3}[ \t\r]{0,8}(?:\n|\\n)[^\n]{0,120}$/;
const WHOLE_LINE_CHARS = 40;
const LOOK_BACK_CHARS = 240;

/** An `END` without its `BEGIN`: the lines of base64 before it go too. */
function redactHeadless(text: string): string {
  let result = "";
  let position = 0;
  for (const end of text.matchAll(END)) {
    const start = headlessStart(text, end.index, Math.max(position, end.index - KEY_MAX_CHARS));
    if (start === end.index) continue;
    result += text.slice(position, start) + MARK;
    position = end.index + end[0].length;
  }
  return result + text.slice(position);
}

function headlessStart(text: string, end: number, floor: number): number {
  let start = end;
  let longest = 0;
  for (let pattern = LAST_LINE; ; pattern = WHOLE_LINE) {
    const before = text.slice(Math.max(floor, start - LOOK_BACK_CHARS), start);
    const line = pattern.exec(before);
    const key = line?.[1] ?? "";
    if (line === null) return longest < WHOLE_LINE_CHARS ? end : start;
    start -= before.length - line.index - line[0].indexOf(key);
    longest = Math.max(longest, key.length);
  }
}
