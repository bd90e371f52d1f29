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
    const end = base64End(text, start, Math.min(text.length, start + KEY_MAX_CHARS));
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
    const bodyEnd = closed ? end.index + end[0].length : base64End(text, bodyStart, limit);
    if (bodyEnd === bodyStart) continue;
    result += text.slice(position, begin.index) + MARK;
    position = bodyEnd;
  }
  return result + text.slice(position);
}

function isKeyBody(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (!KEY_BODY.test(text.charAt(i))) return false;
  return true;
}

/** Where the base64 lines from `start` on end: the rest of a key that was cut. */
function base64End(text: string, start: number, limit: number): number {
  let reach = start;
  while (reach < limit) {
    BETWEEN_LINES.lastIndex = reach;
    const gap = BETWEEN_LINES.exec(text)?.[0].length ?? 0;
    BASE64_LINE.lastIndex = reach + gap;
    const line = BASE64_LINE.exec(text);
    if (line === null) return reach;
    reach += gap + line[0].length;
  }
  return reach;
}

/** A line of base64 at the end of a text, with what tools put in front of it. */
const LAST_LINE =
  /(?:^|\n|\\n)(?:[ \t]{0,24}(?:[0-9]{1,6}[\t→:|][ \t]{0,4}|[\w./-]{1,200}[:-][0-9]{1,6}[:-]|[+>|-])?[ \t"']{0,24})([A-Za-z0-9+/]{16,76}={0,2})["'+,]{0,3}[ \t]{0,8}$/;
const LINE_MAX_CHARS = 320;
/** What stands in front of the `END` on its own line. */
const BEFORE_END =
  /(?:\n|\\n)[ \t]{0,24}(?:[0-9]{1,6}[\t→:|][ \t]{0,4}|[\w./-]{1,200}[:-][0-9]{1,6}[:-]|[+>|-])?[ \t"']{0,24}$/;

/** An `END` without its `BEGIN`: the lines of base64 before it go too. */
function redactHeadless(text: string): string {
  let result = "";
  let position = 0;
  for (const end of text.matchAll(END)) {
    const floor = Math.max(position, end.index - KEY_MAX_CHARS);
    const before = text.slice(Math.max(floor, end.index - LINE_MAX_CHARS), end.index);
    let start = end.index - (BEFORE_END.exec(before)?.[0].length ?? 0);
    let isKey = false;
    while (start > floor) {
      const line = LAST_LINE.exec(text.slice(Math.max(floor, start - LINE_MAX_CHARS), start));
      if (line === null) break;
      isKey = true;
      start -= line[0].length;
    }
    if (!isKey) continue;
    result += `${text.slice(position, start)}${start === 0 ? "" : "\n"}${MARK}`;
    position = end.index + end[0].length;
  }
  return result + text.slice(position);
}
