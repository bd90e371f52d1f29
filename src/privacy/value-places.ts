/** What stands behind a name and its sign: a quoted text, a word, or the rest of the line. */

/** White space between a name, its sign and its value. */
export const GAP_MAX_CHARS = 8;
/** As much of a value is looked at; what is found to be a secret goes to its end. */
const LOOK_MAX_CHARS = 200;
const VALUE_MAX_CHARS = 8_000;

export interface Span {
  text: string;
  start: number;
  end: number;
}

export interface Value extends Span {
  quoted: boolean;
  /** What ends it; only for quoted values. */
  closing?: { quote: string; escaping: string };
}

export function isSpace(code: number): boolean {
  return code === 32 || code === 9 || code === 0xa0 || code === 0x3000;
}

const QUOTES: Readonly<Record<string, string>> = {
  "“": "”",
  "„": "“",
  "«": "»",
  "‘": "’",
  "「": "」",
  "『": "』",
};

/** A prefix of strings, YAML's tag, Markdown's bold, an opening bracket, then the quote. */
const OPENING =
  /(?:\*{2}[ \t]{0,2})?(?:!!\w{1,8} )?[[(]?(?:[A-Za-z@$]{1,2}(?=["']))?(?:""(?=")|''(?='))?(\\{0,7})(["'`“„«‘「『])(?!["'`“”«»])/y;
/** Ends at letters and signs of Chinese and Japanese too: there no white space does. */
const BARE =
  /(?:\*{2}[ \t]{0,2})?[^\s"'`<>(){}[\],;&|\\*\u3000-\u30ff\u4e00-\u9fff\uff01-\uff1f][^\s"'`<>(){}[\],;&|\\\u3000-\u30ff\u4e00-\u9fff\uff01-\uff1f]{0,200}/y;

/** The value that begins at `from`, or after white space there: `"…"`, `\"…\"`, `b'…'`, `["…"`, or a word. */
export function valueAt(text: string, from: number): Value | null {
  let start = from;
  while (start < from + GAP_MAX_CHARS && isSpace(text.charCodeAt(start))) start += 1;
  OPENING.lastIndex = start;
  const opening = OPENING.exec(text);
  if (opening !== null) {
    const [whole, escaping = "", quote = ""] = opening;
    const inner = start + whole.length;
    const closing = { quote: QUOTES[quote] ?? quote, escaping };
    const end = closingQuote(text, inner, LOOK_MAX_CHARS, closing);
    // A backtick that nothing closes has closed a span of code itself.
    if (quote === "`" && text.charAt(end) !== quote && text.charAt(end) !== "\\") return null;
    return { text: text.slice(inner, end), start: inner, end, quoted: true, closing };
  }
  BARE.lastIndex = start;
  const bare = BARE.exec(text)?.[0];
  if (bare === undefined) return null;
  return { text: bare, start, end: start + bare.length, quoted: false };
}

/** Where a quoted text ends: at the quote that closes it, escaped like the one that opened it. */
function closingQuote(
  text: string,
  from: number,
  max: number,
  { quote, escaping }: { quote: string; escaping: string },
): number {
  const limit = Math.min(text.length, from + max);
  for (let i = from; i < limit; i++) {
    const character = text.charAt(i);
    if (character === "\n" || character === "\r") return i;
    if (character === "\\") {
      if (escaping !== "" && text.startsWith(escaping + quote, i)) return i;
      i += 1;
    } else if (character === quote) return i;
  }
  return limit;
}

const BARE_REST = /[^\s"'`<>(){}[\],;&|\\]{1,8000}/y;

/** Where a value ends that was found to be a secret: longer ones were not looked at to their end. */
export function wholeEnd(text: string, value: Value): number {
  if (value.text.length < LOOK_MAX_CHARS) return value.end;
  if (value.closing !== undefined) {
    return closingQuote(text, value.end, VALUE_MAX_CHARS, value.closing);
  }
  BARE_REST.lastIndex = value.end;
  return BARE_REST.test(text) ? BARE_REST.lastIndex : value.end;
}

const TYPED =
  /(?:[[<][\w\s|,.]{1,30}[\]>])?(?: \| (?:null|undefined|None))?[ \t]{1,4}=(?=[ \t]{0,4}\\{0,7}["'`])/y;

/** `password: string = "…"`: behind a type that ends at `end` comes the value. */
export function typedValue(text: string, end: number): Value | null {
  TYPED.lastIndex = end;
  const typed = TYPED.exec(text);
  return typed === null ? null : valueAt(text, end + typed[0].length);
}

/** The beginning of a line, with a line's number, a diff's sign or `export` before the name. */
const LINE_START =
  /(?:^|\n)[ \t]{0,8}(?:[0-9]{1,6}[:→\t|-][ \t]{0,4})?[+-]?[ \t]{0,4}(?:export |set |ENV )?$/;
const REST = /[^\s"'`]{6,200}/y;

/**
 * `NAME=value` with anything in the value, as in `.env` files and shells: to the next white space.
 * `nameStart` is null for names in upper case; others have to begin their line.
 */
export function restOfWord(text: string, nameStart: number | null, start: number): Span | null {
  if (nameStart !== null) {
    if (!LINE_START.test(text.slice(Math.max(0, nameStart - 24), nameStart))) return null;
  }
  REST.lastIndex = start;
  const found = REST.exec(text)?.[0] ?? "";
  const rest = found.replace(/(?:<\/.{0,200}|\\{1,8}|[;,)}\]&|<>*.]{1,4}|\\[nrt].{0,200})$/, "");
  // `password=parts["password"]`
  if (/[[(]$/.test(found) && /["'`]/.test(text.charAt(start + found.length))) return null;
  if (!/[(){}[\]<>&|;,`\\]/.test(rest) || /^[$(<{[]|^[\w.$]{1,60}\(|&\w{1,40}=/.test(rest))
    return null;
  return { text: rest, start, end: start + rest.length };
}

/** How far back a span of code may have begun. */
const BACKTICK_CHARS = 300;

/** The character behind a value; what closes a span of code or an element counts as an end. */
export function characterBehind(text: string, nameStart: number, end: number): string {
  const next = text.charAt(end);
  if (next === "\\" || text.startsWith("</", end) || text.startsWith("``", end)) return "";
  if (next !== "`") return next;
  const before = text.slice(Math.max(0, nameStart - BACKTICK_CHARS), nameStart);
  // A tagged template: code.
  return (before.match(/`+/g) ?? []).length % 2 === 1 ? "" : "(";
}
