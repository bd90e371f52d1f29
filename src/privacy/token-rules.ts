/**
 * Secrets that their own form gives away. Only runs as long as a token are looked at, and of those
 * only the beginnings of words: there a table says by two characters whether any token begins so,
 * and only then a pattern is tried. So a further kind of token costs next to nothing.
 */
import { TOKEN_FORMATS } from "./token-formats.ts";

interface Candidate {
  prefix: string;
  /** The prefix' third character, or -1: what most words already differ in. */
  third: number;
  mark: string;
  /** What follows the prefix; sticky. */
  body: RegExp;
}

const ASCII = 128;

/** For each pair of characters that a token may begin with: where its candidates stand, plus one. */
const PAIRS = new Uint16Array(ASCII * ASCII);
const CANDIDATES: Candidate[][] = [];

for (const { kind, prefixes, body } of TOKEN_FORMATS) {
  for (const prefix of prefixes) {
    const pair = prefix.charCodeAt(0) * ASCII + prefix.charCodeAt(1);
    if (PAIRS[pair] === 0) PAIRS[pair] = CANDIDATES.push([]);
    const third = prefix.length > 2 ? prefix.charCodeAt(2) : -1;
    CANDIDATES[(PAIRS[pair] ?? 0) - 1]?.push({
      prefix,
      third,
      mark: `[redacted:${kind}]`,
      body: new RegExp(body, "y"),
    });
  }
}

/** Per character: 2 for letters, digits and `_`, 1 for what else stands in tokens, 0 for the rest. */
const CLASSES = new Uint8Array(ASCII);
for (let code = 0; code < ASCII; code++) {
  const character = String.fromCharCode(code);
  CLASSES[code] = /\w/.test(character) ? 2 : /[-./+=:~$|%]/.test(character) ? 1 : 0;
}

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

/** Tokens that begin with a random part: each names what makes it one further on. */
const UNPREFIXED: readonly [kind: string, pattern: RegExp][] = [
  ["mailchimp-key", /[0-9a-f]{32}-us[0-9]{1,2}(?![A-Za-z0-9-])/y],
  ["mailgun-key", /[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}(?![A-Za-z0-9-])/y],
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

/** What makes it a token stands behind a literal; looked for only where that is found. */
const ANCHORED: readonly [kind: string, literal: string, pattern: RegExp][] = [
  [
    "telegram-token",
    ":AA",
    /(?<![A-Za-z0-9_])[0-9]{8,10}:AA[A-Za-z0-9_-]{32,36}(?![A-Za-z0-9_-])/g,
  ],
  // The client secret of an Azure application: three characters, a digit, `Q~`.
  [
    "azure-secret",
    "Q~",
    /(?<![A-Za-z0-9_.~-])[A-Za-z0-9_.~-]{3}[A-Za-z0-9]Q~[A-Za-z0-9_.~-]{31,34}/g,
  ],
  ["terraform-token", ".atlasv1.", /[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70}/g],
  [
    "api-token",
    "|",
    /(?<![\w|])[0-9]{1,7}\|(?=[A-Za-z]{0,40}[0-9])(?=[a-z0-9]{0,40}[A-Z])[A-Za-z0-9]{40,60}(?!\w)/g,
  ],
  ["azure-signature", "sig=", /(?<=[?&;]sig=)[A-Za-z0-9%+/=_-]{20,200}/g],
  [
    "slack-webhook",
    "hooks.slack.com",
    /hooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Za-z0-9/_-]{10,200}/g,
  ],
  ["discord-webhook", "/api/webhooks/", /\/api\/webhooks\/[0-9]{15,22}\/[A-Za-z0-9_-]{30,100}/g],
  [
    "teams-webhook",
    "webhook.office.com",
    /webhook\.office\.com\/webhookb2\/[A-Za-z0-9@/-]{40,300}/g,
  ],
  [
    "chat-webhook",
    "chat.googleapis.com",
    /(?<=chat\.googleapis\.com\/v1\/spaces\/[A-Za-z0-9_-]{1,40}\/messages\?)[^\s"'`<>]{20,300}/g,
  ],
  [
    "zapier-webhook",
    "hooks.zapier.com",
    /(?<=hooks\.zapier\.com\/hooks\/catch\/)[0-9A-Za-z/]{10,80}/g,
  ],
];

/** Replaces secrets whose own form gives them away. */
export function redactTokens(text: string): string {
  return prefixed(anchored(text));
}

function anchored(text: string): string {
  let result = text;
  for (const [kind, literal, pattern] of ANCHORED) {
    if (result.includes(literal)) result = result.replace(pattern, `[redacted:${kind}]`);
  }
  return result;
}

/** A run of at least `TOKEN_MIN_CHARS` covers a multiple of it, so only these places are looked at. */
function prefixed(text: string): string {
  let result = "";
  let position = 0;
  let reach = 0;
  for (let probe = TOKEN_MIN_CHARS - 1; probe < text.length; probe += TOKEN_MIN_CHARS) {
    if (!isTokenPart(text.charCodeAt(probe))) continue;
    let start = probe;
    while (start > reach && isTokenPart(text.charCodeAt(start - 1))) start -= 1;
    let end = probe + 1;
    while (isTokenPart(text.charCodeAt(end))) end += 1;
    if (end - start >= TOKEN_MIN_CHARS) {
      let wordEnd = start;
      for (let word = start; word < end; word++) {
        if (!isWord(text.charCodeAt(word))) continue;
        while (wordEnd <= word || isWord(text.charCodeAt(wordEnd))) wordEnd += 1;
        const found = wordToken(text, word, wordEnd);
        if (found === null) {
          word = wordEnd;
          continue;
        }
        result += text.slice(position, found.start) + found.mark;
        position = found.end;
        word = found.end - 1;
      }
    }
    reach = Math.max(end, position);
    probe = reach;
  }
  return position === 0 ? text : result + text.slice(position);
}

/** The token that a word is or begins, also where an escape glues itself to it. */
function wordToken(text: string, start: number, end: number): FoundToken | null {
  const found = tokenAt(text, start, end);
  if (found !== null) return found;
  const inner = afterEscape(text, start);
  return inner === start ? null : tokenAt(text, inner, end);
}

interface FoundToken {
  start: number;
  mark: string;
  end: number;
}

/** The token that begins at `start`, where a word begins that goes on until `wordEnd`. */
function tokenAt(text: string, start: number, wordEnd: number): FoundToken | null {
  const second = text.charCodeAt(start + 1);
  if (second < ASCII) {
    const known = PAIRS[text.charCodeAt(start) * ASCII + second] ?? 0;
    if (known > 0) {
      const found = prefixedToken(text, start, CANDIDATES[known - 1] ?? []);
      if (found !== null) return found;
    }
  }
  if (wordEnd - start < UNPREFIXED_CHARS) return null;
  for (const [kind, pattern] of UNPREFIXED) {
    pattern.lastIndex = start;
    if (pattern.test(text)) return { start, mark: `[redacted:${kind}]`, end: pattern.lastIndex };
  }
  return null;
}

function prefixedToken(
  text: string,
  start: number,
  candidates: readonly Candidate[],
): FoundToken | null {
  const third = text.charCodeAt(start + 2);
  for (const candidate of candidates) {
    if (candidate.third >= 0 && candidate.third !== third) continue;
    const { prefix, mark, body } = candidate;
    if (prefix.length > 3 && !text.startsWith(prefix, start)) continue;
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
