/**
 * Secrets that their name gives away: `password=…`, `"client_secret": "…"`, `пароль: …`, headers,
 * `define('DB_PASSWORD', '…')`, `<password>…</password>`, `{"name": "API_SECRET", "value": "…"}`,
 * `--password …`, and `the password is …`. Names are cheap to find, so the text is searched for
 * them, and only beside them it is looked at closely.
 */

import { columnValues } from "./column-values.ts";
import { foreignNames } from "./foreign-names.ts";
import { headerKind, headerSecret } from "./header-rules.ts";
import { pairedValue } from "./paired-values.ts";
import { rareNames } from "./rare-names.ts";
import { type Replacement, replaceAll } from "./replacements.ts";
import { FOREIGN_NAME, type SecretName, secretName } from "./secret-names.ts";
import {
  isMixed,
  isPlaceholder,
  isSecretBare,
  isSecretQuoted,
  isTechnicalWord,
  isUnit,
  isWallet,
  isWords,
  looksRandom,
} from "./secret-values.ts";
import { sentenceValue } from "./sentence-values.ts";
import {
  characterBehind,
  GAP_MAX_CHARS,
  isSpace,
  restOfWord,
  type Span,
  typedValue,
  type Value,
  valueAt,
  wholeEnd,
} from "./value-places.ts";

/** Longest name that is looked at, in characters. */
const NAME_MAX_CHARS = 64;

/** Parts of names, most of them English; few and short, so that ordinary text is searched fast. */
const STEM =
  /pass|pwd|secre|token|key|auth|cred|phrase|mnemo|psk|cookie|_salt|kennw|clave|sandi|senha|contrase/gi;

/** Replaces the values of secrets' names, in every usual notation. */
export function redactNamed(text: string): string {
  const found: Replacement[] = [];
  let reach = 0;
  // The rows of a table are looked at once, and head none themselves.
  let tableEnd = 0;
  STEM.lastIndex = 0;
  while (STEM.test(text)) {
    if (STEM.lastIndex <= reach) continue;
    const name = nameAround(text, STEM.lastIndex - 1);
    reach = name.end;
    STEM.lastIndex = Math.max(STEM.lastIndex, name.end);
    const secret = beside(text, name, null);
    if (secret === null) {
      const columns = name.start < tableEnd ? null : columnValues(text, name);
      if (columns !== null) {
        found.push(...columns.values);
        tableEnd = columns.end;
      }
      continue;
    }
    found.push(secret);
    reach = Math.max(reach, secret.end);
    STEM.lastIndex = reach;
  }
  addBeside(text, rareNames(text), null, found);
  addBeside(text, foreignNames(text), FOREIGN_NAME, found);
  return replaceAll(text, found);
}

/** Adds what stands beside names that come one after the other, but for names within a secret. */
function addBeside(
  text: string,
  names: Iterable<Span>,
  given: SecretName | null,
  found: Replacement[],
): void {
  let reach = 0;
  for (const name of names) {
    const secret = name.start < reach ? null : beside(text, name, given);
    if (secret === null) continue;
    found.push(secret);
    reach = secret.end;
  }
}

/** Letters, digits, `_`, `-`, `.`, and letters of other scripts. */
function isNamePart(code: number): boolean {
  if (code < 128) {
    return (
      (code >= 97 && code <= 122) ||
      (code >= 65 && code <= 90) ||
      (code >= 48 && code <= 57) ||
      code === 95 ||
      code === 45 ||
      code === 46
    );
  }
  return (
    code >= 0xc0 &&
    !(code >= 0x2010 && code <= 0x206f) &&
    !(code >= 0x2190 && code <= 0x2bff) &&
    !(code >= 0x3000 && code <= 0x303f) &&
    !(code >= 0xff00 && code <= 0xff20)
  );
}

function nameAround(text: string, at: number): Span {
  let start = at;
  const least = Math.max(0, at - NAME_MAX_CHARS);
  while (start > least && isNamePart(text.charCodeAt(start - 1))) start -= 1;
  let end = at + 1;
  const most = at + NAME_MAX_CHARS;
  while (end < most && isNamePart(text.charCodeAt(end))) end += 1;
  while (end > at + 1 && /[.-]/.test(text.charAt(end - 1))) end -= 1;
  // A literal `\n` or `\t` in front is no part of it.
  if (text.charAt(start - 1) === "\\" && /[nrt]/.test(text.charAt(start))) start += 1;
  return { text: text.slice(start, end), start, end };
}

/** Longest word that makes one name with the next: `API key`, `mot de passe`. */
const WORD_MAX_CHARS = 24;
/** Words between the words of one name. */
const JOINING = /^(?:d[eaio]s?|del|la|le|l['’]|d['’]\S+)$/i;

function named(text: string, name: Span): SecretName | null {
  let found = secretName(name.text);
  let start = name.start;
  for (let more = 0; found === null && more < 3 && text.charCodeAt(start - 1) === 32; more++) {
    let before = start - 1;
    const least = Math.max(0, before - WORD_MAX_CHARS);
    while (before > least && isWordPart(text.charCodeAt(before - 1))) before -= 1;
    if (before === start - 1) return null;
    const word = text.slice(before, start - 1);
    start = before;
    found = secretName(text.slice(start, name.end));
    if (found === null && !JOINING.test(word)) return null;
  }
  return found;
}

function isWordPart(code: number): boolean {
  return code === 39 || code === 0x2019 || (isNamePart(code) && code !== 46);
}

/** Closes a name: quotes, brackets, bold type, a question mark. */
const CLOSERS = "\"'`]*?!)\\”’»";
const CLOSERS_MAX = 8;

/** `Unseal Key 1: …`. */
const NUMBER = / [0-9]{1,2}(?=[:=])/y;
/** `PWD={…}`, as ODBC quotes. */
const BRACED = /=\{([^{}\s"'`$]{8,100})\}/y;

const ARN = /\barn:[^\s"'`]{0,200}$/;
const ARN_CHARS = 200;
const TYPE_BEFORE = /[A-Z]\w{0,12}::$/;

/** The secret that stands beside a name, if one does. */
function beside(text: string, name: Span, given: SecretName | null): Replacement | null {
  let closed = name.end;
  while (
    closed < name.end + CLOSERS_MAX &&
    CLOSERS.includes(text.charAt(closed)) &&
    closed < text.length
  )
    closed += 1;
  NUMBER.lastIndex = closed;
  if (NUMBER.test(text)) closed = NUMBER.lastIndex;
  // `AWS::IAM::AccessKey`: a type.
  if (
    /^[A-Z]/.test(name.text) &&
    TYPE_BEFORE.test(text.slice(Math.max(0, name.start - 16), name.start))
  ) {
    return null;
  }
  // `arn:aws:secretsmanager:eu-west-1:1234:secret:prod/db-AbCdEf`: the secret's name.
  const isPart = text.charAt(name.start - 1) === ":" && text.charAt(name.end) === ":";
  if (isPart && ARN.test(text.slice(Math.max(0, name.start - ARN_CHARS), name.start))) return null;
  let at = closed;
  while (at < closed + GAP_MAX_CHARS && isSpace(text.charCodeAt(at))) at += 1;
  const from = valueStart(text, at);
  if (from !== null) {
    if (headerKind(name.text) !== null) return headerAt(text, from, name.text);
    const secret = given ?? named(text, name);
    return secret === null ? null : assigned(text, name, secret, from, closed);
  }
  const next = text.charCodeAt(closed);
  // Between the name and what follows there is neither white space nor a sign: most of prose ends here.
  if (closed === name.end && next >= 97 && next <= 122) return null;
  const secret = given ?? named(text, name);
  if (secret === null) return null;
  return pairedValue(text, name, closed, secret) ?? sentenceValue(text, name, closed, secret);
}

/** Where the value begins behind a sign at `at`, or null where there is no sign. */
function valueStart(text: string, at: number): number | null {
  const code = text.charCodeAt(at);
  const next = text.charCodeAt(at + 1);
  if (code === 0xff1a || code === 0xff1d) return at + 1;
  if (code === 58) return next === 58 ? null : next === 61 ? at + 2 : at + 1;
  if (code === 61) return next === 61 || next === 126 ? null : next === 62 ? at + 2 : at + 1;
  // `?=`, `+=`, `||=`, `->`, `→`
  if ((code === 63 || code === 43) && next === 61) return at + 2;
  if (code === 45 && next === 62) return at + 2;
  return code === 0x2192 ? at + 1 : null;
}

function assigned(
  text: string,
  name: Span,
  secret: SecretName,
  from: number,
  closed: number,
): Replacement | null {
  const { phrase } = secret;
  const mark = `[redacted:${secret.kind}]`;
  BRACED.lastIndex = from - 1;
  const braced = BRACED.exec(text)?.[1];
  if (braced !== undefined && isMixed(braced, 8)) {
    return { start: from + 1, end: from + 1 + braced.length, mark };
  }
  const below = blockBelow(text, from);
  if (below !== null) return { ...below, mark };
  const value = valueAt(text, from);
  if (value === null) return null;
  const strength =
    secret === FOREIGN_NAME && isNoMessage(text, name, value) ? "strong" : secret.strength;
  if (value.quoted && closed === name.end && endsItsOwnText(text, name, value)) return null;
  const quoted = value.quoted ? value : typedValue(text, value.end);
  if (quoted?.quoted === true) {
    if (!isSecretQuoted(quoted.text, strength, phrase)) return null;
    if (isUnit(secret.kind, quoted.text)) return null;
    if (quoted.closing?.quote === "`" && quoted.text.includes("${")) return null;
    return { start: quoted.start, end: wholeEnd(text, quoted), mark };
  }
  const isTight = value.start === from && from === name.end + 1 && text.charAt(name.end) === "=";
  const isUpper = name.text === name.text.toUpperCase() && closed === name.end;
  const line =
    isTight && strength === "strong"
      ? restOfWord(text, isUpper ? null : name.start, value.start)
      : null;
  if (line !== null && isSecretQuoted(line.text, "strong", false)) return { ...line, mark };
  const wallet = phrase ? walletAt(text, value.start) : 0;
  if (wallet > 0) return { start: value.start, end: value.start + wallet, mark };
  // `user, password = found`, `self.auth_key = key_file`: code.
  if (!isTight && text.charAt(from - 1) === "=" && /^[a-z_]+$/.test(value.text)) {
    if (/_|pass|pwd|secret|token|key|auth|cred|cookie/.test(value.text)) return null;
    if (/[.,\]]/.test(text.slice(Math.max(0, name.start - 2), name.end + 1))) return null;
  }
  const fallback = fallbackAt(text, value.end);
  if (fallback !== null) return { ...fallback, mark };
  if (isPlaceholder(value.text)) return null;
  // "Mnemonic: fraction": one word is no phrase.
  if (secret.kind === "secret" && phrase && /^[A-Za-z]+\W?$/.test(value.text)) return null;
  const bare = {
    value: value.text.replace(/[.!?*:]{1,3}$/, ""),
    tight: isTight,
    upper: isUpper,
    next: characterBehind(text, name.start, value.end),
  };
  if (!isSecretBare(bare, strength)) return null;
  return { start: value.start, end: wholeEnd(text, value), mark };
}

/**
 * `passwort=geheimes`, `heslo: Slunce42`: behind `:` a word may be a message, in a language whose
 * words are not known here.
 */
function isNoMessage(text: string, name: Span, value: Value): boolean {
  if (text.charAt(name.end) === "=") return true;
  return looksRandom(value.text, 6) && !isTechnicalWord(value.text);
}

/** `password: |` or `password:`, and the value alone on the next line. */
const BLOCK =
  /[ \t]{0,4}(?:[|>][+-]?[0-9]?)?[ \t]{0,4}\r?\n(?:[^\n]{0,80}?[\s:|>\]→+-])?[ \t]{1,24}([^\s:"'`,;<>(){}[\]]{8,300})[ \t]{0,4}(?=\r?\n|$|["'`])/y;

function blockBelow(text: string, from: number): Span | null {
  const next = text.charCodeAt(from);
  if (next !== 10 && next !== 13 && next !== 32) return null;
  BLOCK.lastIndex = from;
  const value = BLOCK.exec(text)?.[1];
  if (value === undefined || !looksRandom(value, 8) || isWords(value) || isPlaceholder(value)) {
    return null;
  }
  return { text: value, start: BLOCK.lastIndex - value.length, end: BLOCK.lastIndex };
}

/** What a reference is given up for: `process.env.PASSWORD || "x"`. */
const FALLBACK = /[ \t]{0,4}(?:\|\||\?\?|\bor\b)[ \t]{0,4}(?=["'`])/y;

function fallbackAt(text: string, end: number): Span | null {
  FALLBACK.lastIndex = end;
  if (!FALLBACK.test(text)) return null;
  const value = valueAt(text, FALLBACK.lastIndex);
  return value !== null && looksRandom(value.text, 6) && !isWords(value.text) ? value : null;
}

/** How far in front of a name the text in quotes may have begun that it stands in. */
const OWN_TEXT_CHARS = 200;

/** `console.log('password:', password)`: the quote behind the sign closes what the name stands in. */
function endsItsOwnText(text: string, name: Span, value: Value): boolean {
  const quote = value.closing?.quote ?? "";
  if (text.charAt(value.start - 1) !== quote || !/^\s|^[,)\]};.+:]|^$/.test(value.text))
    return false;
  const before = text.slice(Math.max(0, name.start - OWN_TEXT_CHARS), name.start);
  const line = before.slice(before.lastIndexOf("\n") + 1).replace(/(?<=\w)'(?=\w)/g, "");
  return line.split(quote).length % 2 === 0;
}

/** Twelve and more short words of lower case: the words of a wallet. */
const WALLET = /(?:[a-z]{3,8}[ ,]{1,2}){11,24}[a-z]{3,8}/y;

/** How long the words of a wallet are that begin at `start`; 0 where none do. */
function walletAt(text: string, start: number): number {
  WALLET.lastIndex = start;
  const words = (WALLET.exec(text)?.[0] ?? "").split(/(?<=[ ,])(?=[a-z])/);
  // The sentence may go on behind them.
  const whole = words
    .slice(0, words.length - (words.length % 3))
    .join("")
    .trimEnd();
  return isWallet(whole.replace(/,$/, "")) ? whole.length : 0;
}

/** As much of a header's value is looked at; a secret goes to the end of the line. */
const HEADER_VALUE = /([ \t]{0,4}(?:[fFbBrRuU]{0,2}\\{0,7}["'`])?[ \t]{0,2})([^\r\n"'`\\]{4,300})/y;
const HEADER_REST = /[^\r\n"'`\\]{0,8000}/y;

function headerAt(text: string, from: number, name: string): Replacement | null {
  HEADER_VALUE.lastIndex = from;
  const match = HEADER_VALUE.exec(text);
  if (match === null) return null;
  const [whole, gap = "", value = ""] = match;
  const mark = headerSecret(name, value);
  if (mark === null) return null;
  HEADER_REST.lastIndex = from + whole.length;
  HEADER_REST.test(text);
  return { start: from + gap.length, end: HEADER_REST.lastIndex, mark };
}
