/**
 * Secrets that their own form gives away. Only runs as long as a token are looked at, and of those
 * only the beginnings of words: there a table says by two characters whether any token begins so,
 * and only then a pattern is tried. So a further kind of token costs next to nothing.
 */
import { ANCHOR_PREFIXES, redactAnchored } from "./anchored-tokens.ts";
import { schemeAt } from "./header-rules.ts";
import { type Replacement, replaceAll } from "./replacements.ts";
import { PRESET_PREFIXES, redactBySecretlint } from "./secretlint-rules.ts";
import { TOKEN_FORMATS } from "./token-formats.ts";

interface Candidate {
  prefix: string;
  /** The prefix' third character, or -1: what most words already differ in. */
  third: number;
  mark: string;
  /** What follows the prefix, sticky; or the rules that look for it in the whole text. */
  body: RegExp | "anchored" | "preset";
}

const ASCII = 128;

/** For each pair of characters that a token may begin with: where its candidates stand, plus one. */
const PAIRS = new Uint16Array(ASCII * ASCII);
const CANDIDATES: Candidate[][] = [];

function addCandidate(prefix: string, mark: string, body: Candidate["body"]): void {
  const pair = prefix.charCodeAt(0) * ASCII + prefix.charCodeAt(1);
  if (PAIRS[pair] === 0) PAIRS[pair] = CANDIDATES.push([]);
  const third = prefix.length > 2 ? prefix.charCodeAt(2) : -1;
  CANDIDATES[(PAIRS[pair] ?? 0) - 1]?.push({ prefix, third, mark, body });
}

for (const { kind, prefixes, body } of TOKEN_FORMATS) {
  const pattern = new RegExp(body, "y");
  for (const prefix of prefixes) addCandidate(prefix, `[redacted:${kind}]`, pattern);
}
for (const prefix of ANCHOR_PREFIXES.split(" ")) addCandidate(prefix, "", "anchored");
for (const prefix of PRESET_PREFIXES.split(" ")) addCandidate(prefix, "", "preset");

/** Per character: 2 for letters, digits and `_`, 1 for what else stands in tokens, 0 for the rest. */
const CLASSES = new Uint8Array(ASCII);
for (let code = 0; code < ASCII; code++) {
  const character = String.fromCharCode(code);
  CLASSES[code] = /\w/.test(character) ? 2 : /[-./+=:~$|%]/.test(character) ? 1 : 0;
}

const TILDE = 126;
const BAR = 124;

function isWord(code: number): boolean {
  return code < ASCII && CLASSES[code] === 2;
}

function isTokenPart(code: number): boolean {
  return code < ASCII && CLASSES[code] !== 0;
}

/** No token is shorter. */
const TOKEN_MIN_CHARS = 15;

/** Shortest run of letters and digits that a token without a prefix begins with. */
const UNPREFIXED_CHARS = 22;
/** Random letters and digits have a digit before that; long identifiers mostly have none. */
const UNPREFIXED_MAX_CHARS = 64;

/** Tokens that begin with a random part: each names what makes it one further on. */
const UNPREFIXED: readonly [kind: string, pattern: RegExp][] = [
  ["mailchimp-key", /[0-9a-f]{32}-us[0-9]{1,2}(?![A-Za-z0-9-])/y],
  ["mailgun-key", /[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}(?![A-Za-z0-9-])/y],
  ["new-relic-key", /[0-9a-f]{36}NRAL(?![A-Za-z0-9])/y],
  ["ghost-key", /[0-9a-f]{24}:[0-9a-f]{64}(?![A-Za-z0-9])/y],
  ["discord-token", /[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}/y],
  ["ngrok-token", /[12][A-Za-z0-9]{26}_[A-Za-z0-9]{20,22}(?![A-Za-z0-9_-])/y],
  [
    "wallet-key",
    /[5KL](?=[A-Za-z]{0,40}[1-9])(?=[1-9a-z]{0,40}[A-Z])[1-9A-HJ-NP-Za-km-z]{50,51}(?![A-Za-z0-9])/y,
  ],
  ["azure-key", /[A-Za-z0-9]{52}JQQJ9[A-Za-z0-9]{26,32}(?![A-Za-z0-9])/y],
  ["azure-token", /[A-Za-z0-9]{70,76}AZDO[A-Za-z0-9]{4}(?![A-Za-z0-9])/y],
  ["azure-key", /(?<![A-Za-z0-9+/=-])(?<!sha-?512.{1,3})[A-Za-z0-9+/]{86}==(?![A-Za-z0-9+/=])/iy],
];

/** Replaces secrets whose own form gives them away. */
export function redactTokens(text: string): string {
  const found: Found = { tokens: [], anchored: false, preset: false };
  for (const run of longRuns(text)) {
    const scheme = schemeAt(text, run);
    if (scheme !== null) found.tokens.push(scheme);
    else tokensIn(text, run, found);
  }
  let result = replaceAll(text, found.tokens);
  if (found.anchored) result = redactAnchored(result);
  return found.preset ? redactBySecretlint(result) : result;
}

interface Found {
  tokens: Replacement[];
  /** Set where those rules have to look at the whole text. */
  anchored: boolean;
  preset: boolean;
}

interface Run {
  start: number;
  end: number;
}

/** A run of at least `TOKEN_MIN_CHARS` covers a multiple of it, so only these places are looked at. */
function longRuns(text: string): Run[] {
  const runs: Run[] = [];
  let reach = 0;
  for (let probe = TOKEN_MIN_CHARS - 1; probe < text.length; probe += TOKEN_MIN_CHARS) {
    if (!isTokenPart(text.charCodeAt(probe))) continue;
    let start = probe;
    while (start > reach && isTokenPart(text.charCodeAt(start - 1))) start -= 1;
    let end = probe + 1;
    while (isTokenPart(text.charCodeAt(end))) end += 1;
    if (end - start >= TOKEN_MIN_CHARS) runs.push({ start, end });
    reach = end;
    probe = end;
  }
  return runs;
}

function tokensIn(text: string, run: Run, found: Found): void {
  let wordEnd = run.start;
  for (let word = run.start; word < run.end; word++) {
    if (!isWord(text.charCodeAt(word))) continue;
    while (wordEnd <= word || isWord(text.charCodeAt(wordEnd))) wordEnd += 1;
    if (text.charCodeAt(wordEnd) === TILDE) found.anchored = true;
    const token = wordToken(text, word, wordEnd, found);
    if (token !== null) found.tokens.push(token);
    word = token === null ? wordEnd : token.end - 1;
  }
}

/** The token that a word is or begins, also where an escape glues itself to it. */
function wordToken(text: string, start: number, end: number, found: Found): Replacement | null {
  const token = tokenAt(text, start, end, found);
  if (token !== null) return token;
  const inner = afterEscape(text, start);
  return inner === start ? null : tokenAt(text, inner, end, found);
}

/** The token that begins at `start`, where a word begins that goes on until `wordEnd`. */
function tokenAt(text: string, start: number, wordEnd: number, found: Found): Replacement | null {
  const second = text.charCodeAt(start + 1);
  if (second < ASCII) {
    const known = PAIRS[text.charCodeAt(start) * ASCII + second] ?? 0;
    if (known > 0) {
      const token = prefixedToken(text, start, CANDIDATES[known - 1] ?? [], found);
      if (token !== null) return token;
    }
  }
  if (wordEnd - start < UNPREFIXED_CHARS) return null;
  if (text.charCodeAt(start - 1) === BAR) found.anchored = true;
  if (!hasDigit(text, start, Math.min(wordEnd, start + UNPREFIXED_MAX_CHARS))) return null;
  for (const [kind, pattern] of UNPREFIXED) {
    pattern.lastIndex = start;
    if (pattern.test(text)) return { start, mark: `[redacted:${kind}]`, end: pattern.lastIndex };
  }
  return null;
}

function hasDigit(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code >= 48 && code <= 57) return true;
  }
  return false;
}

function prefixedToken(
  text: string,
  start: number,
  candidates: readonly Candidate[],
  found: Found,
): Replacement | null {
  const third = text.charCodeAt(start + 2);
  for (const candidate of candidates) {
    if (candidate.third >= 0 && candidate.third !== third) continue;
    const { prefix, mark, body } = candidate;
    if (prefix.length > 3 && !text.startsWith(prefix, start)) continue;
    if (typeof body === "string") {
      found[body] = true;
      continue;
    }
    body.lastIndex = start + prefix.length;
    if (body.test(text)) return { start, mark, end: body.lastIndex };
  }
  return null;
}

/** `\n`, `\t`, `\u001b[31m`, `%3D`, `[0m`: what text of a program puts in front of a word. */
const ESCAPE =
  /(?<=\\)(?:[nrtbfv0]|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})|(?<=%)[0-9A-Fa-f]{2}|(?<=[[;])[0-9]{1,3}m/y;

/** Where the word begins that an escape at `start` glues itself to; `start` where there is none. */
function afterEscape(text: string, start: number): number {
  const before = text.charAt(start - 1);
  if (before !== "\\" && before !== "%" && before !== "[" && before !== ";") return start;
  ESCAPE.lastIndex = start;
  return ESCAPE.test(text) ? ESCAPE.lastIndex : start;
}
