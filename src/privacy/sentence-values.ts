/** Values that follow their name in a sentence, on a command line, in SQL or in a list of columns. */
import type { Replacement } from "./replacements.ts";
import { FOREIGN_NAME, type SecretName } from "./secret-names.ts";
import {
  isMixed,
  isPlaceholder,
  isSecretQuoted,
  isTechnicalWord,
  looksRandom,
} from "./secret-values.ts";
import { type Span, valueAt } from "./value-places.ts";

/** The value behind a name without a sign between; `closed` is where its quotes and brackets end. */
export function sentenceValue(
  text: string,
  name: Span,
  closed: number,
  secret: SecretName,
): Replacement | null {
  const mark = `[redacted:${secret.kind}]`;
  // One dash at the beginning of a line is a diff's, or a list's.
  const isOption =
    closed === name.end &&
    (/^--[A-Za-z]/.test(name.text) ||
      (/^-[A-Za-z]/.test(name.text) && /[ \t]/.test(text.charAt(name.start - 1))));
  if (isOption) {
    const value = optionValue(text, name.end, secret);
    return value === null
      ? null
      : { start: value.start, end: value.end, mark: "[redacted:secret]" };
  }
  const sql = quotedValue(text, closed, name.text);
  if (sql !== null) return isSecretQuoted(sql.text, "medium", false) ? { ...sql, mark } : null;
  // A verb: "pass `check_0d`".
  if (/^pass(?:es|ed|ing)?$/i.test(name.text) || !digitWithin(text, closed)) return null;
  const link = linkAt(text, closed, secret === FOREIGN_NAME);
  if (link === null) return null;
  const from = closed + link[0].length;
  VALUE.lastIndex = from;
  const found = VALUE.exec(text)?.[0];
  if (found === undefined) return null;
  const value = found.replace(/[).:!?\]}]{1,3}$/, "");
  // `refresh_token`, `DB_PASSWORD`: a name, no word of the sentence.
  const isSure =
    secret.kind === "password" || /[A-Z]_|_[A-Z]/.test(name.text) || LINKED.test(link[0]);
  return isWrittenSecret(value, isSure) ? { start: from, end: from + value.length, mark } : null;
}

/** How far a value in a sentence may begin behind its name, and its first digit behind that. */
const DIGIT_WITHIN_CHARS = 120;

/** No value in a sentence is believed without a digit. */
function digitWithin(text: string, from: number): boolean {
  const to = Math.min(text.length, from + DIGIT_WITHIN_CHARS);
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    if (code === 10) return false;
    if (code >= 48 && code <= 57) return true;
  }
  return false;
}

const OPTION_VALUE = /[ \t]{1,4}(\\{0,3}["'`])?((?!-)[^\s"'`\\]{4,500})/y;

/** Words that follow where an option is only talked about. */
const NO_VALUE =
  /^(?:and|or|as|in|for|from|with|stdin|options?|flags?|arguments?|params?|values?|to|on|is|are|was|can|will|must|should|if|when|instead|does|has|here|there|via|takes?|sets?|means)\b/i;

/** `--password x`. */
function optionValue(text: string, end: number, secret: SecretName): Span | null {
  OPTION_VALUE.lastIndex = end;
  const match = OPTION_VALUE.exec(text);
  if (match === null || secret.strength === "weak") return null;
  const value = match[2] ?? "";
  if (NO_VALUE.test(value)) return null;
  if (!isSecretQuoted(value, "strong", false)) return null;
  const stop = end + match[0].length;
  return { text: value, start: stop - value.length, end: stop };
}

/** `PASSWORD 'x'`, `SECRET 'x'`, `password('x')`. */
const QUOTED = /[ \t\n]{0,8}\(?[ \t]{0,4}(?=\\{0,3}'[^'\n]{4,200}')/y;

function quotedValue(text: string, closed: number, name: string): Span | null {
  if (!/^(?:password|secret|key)$/i.test(name)) return null;
  QUOTED.lastIndex = closed;
  const gap = QUOTED.exec(text);
  if (gap === null || gap[0] === "") return null;
  return valueAt(text, closed + gap[0].length);
}

/** White space, and perhaps words that link a name to its value. */
const LINK =
  /(?:[ \t]{1,40}|(?=[是为為は이은는가「『设改修变設変]))(?:\(?(?:for|of|on|in|to|de|da|do|del|di|para|pour|für|von|для|от)[ \t]{1,2}[^\s:=]{1,40}\)?(?:[ \t][^\s:=]{1,24}){0,2}(?=[ \t]{0,2}(?:[:=：—–]|(?:is|es|ist|est|adalah|это|é|è)(?=[ \t])))[ \t]{0,2}[:=：—–]?[ \t]{0,4}|\([^()\n]{1,40}\)[ \t]{0,2}[:=：][ \t]{0,4})?(?:(?:is|was|are|from[ \t][^\s:=]{1,40}[ \t]to|(?:设置|设定|改|修改|变更|設定|変更)(?:成|为|為|を)|=>|->|[-–—→]|(?:has been |was )?(?:set|changed|reset|updated|rotated) to|now|to|as|es|est|ist|lautet|é|è|e|adalah|это|هي|هو|है|হলো|হল|ہے|是|为|為|は|이|은|는|가)(?:(?<=[\u0080-\uffff])|(?![\w]))[ \t]{0,4}[:：]?[ \t]{0,4}){0,2}["'`“«*(「『]{0,3}/uy;
/** In other languages what a password is for stands behind it without a word between. */
const FOREIGN_LINK =
  /(?:[ \t][^\s:=]{1,24}){1,2}[ \t]{0,2}(?:[:=：—–]|(?:adalah|es|est|é|è|ist|это|है|هي)(?=[ \t]))[ \t]{0,4}["'`«]?/y;

function linkAt(text: string, from: number, isForeign: boolean): RegExpExecArray | null {
  FOREIGN_LINK.lastIndex = from;
  const foreign = isForeign ? FOREIGN_LINK.exec(text) : null;
  if (foreign !== null) return foreign;
  LINK.lastIndex = from;
  return LINK.exec(text);
}

/** A verb or a sign stands between: the value is meant. */
const LINKED = /[a-zé是为為は「『=:：→>]/u;
const VALUE = /[^\s"'`<>“”«»*|,;\\)}\]\u3000-\u30ff\u4e00-\u9fff\uff01-\uff1f]{6,300}/y;

/** Random enough to be no word of the sentence: stricter where the name says less. */
function isWrittenSecret(value: string, isSure: boolean): boolean {
  if (isPlaceholder(value) || isTechnicalWord(value) || /^0x[0-9a-f]{1,8}$/i.test(value))
    return false;
  if (
    /^\/\/|^[-\w]{0,40}[[\]({]|^[:=(]|^[a-z]{2,24}[:/]|[:=]$|^[A-Za-z_]{1,24}[0-9]?\w{0,12}=/.test(
      value,
    )
  )
    return false;
  // Options, paths, addresses, and names with a number.
  if (
    /^-|^[\w.-]{1,40}\/[\w./-]{0,200}$|@[\w-]{1,40}\.|^[a-z]{2,24}(?:[-_.][a-z0-9]{1,12}){1,6}$|^[A-Z][A-Z0-9]{1,24}(?:_[A-Z0-9]{1,24}){1,6}$/.test(
      value,
    )
  ) {
    return false;
  }
  if (
    /^[A-Z]?[a-z]{3,24}[0-9]?$|^[A-Z]{1,8}-?[0-9]{1,6}$|^[a-z]+(?:[A-Z][a-z]+){1,6}[0-9]?$/.test(
      value,
    )
  ) {
    return false;
  }
  const isStrong = isMixed(value, 8) || (looksRandom(value, 8) && /[^A-Za-z0-9]/.test(value));
  return isSure ? isStrong || looksRandom(value, 7) : isMixed(value, 16) || looksRandom(value, 24);
}
