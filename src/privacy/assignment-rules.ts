/**
 * Secrets that only their name gives away: `password=…`, `"client_secret": "…"`, header values,
 * credentials in URLs and on command lines. A name is cheap to find; whether what follows is a
 * secret, or code that reads one, is decided by what it looks like.
 */

/** What a name says about its value. `strong`: nearly any value is a secret; `weak`: a random one. */
type NameStrength = "strong" | "weak" | "none";

const STRONG_NAME =
  "passw(?:or)?d|passphrase|passwd|pwd|pgpass|secret[_-]?(?:access[_-]?)?key|access[_-]?key|" +
  "api[_-]?key|api[_-]?secret|api[_-]?token|access[_-]?token|auth[_-]?token|refresh[_-]?token|" +
  "session[_-]?token|bot[_-]?token|id[_-]?token|bearer[_-]?token|client[_-]?secret|" +
  "app[_-]?secret|private[_-]?key|account[_-]?key|shared[_-]?(?:access[_-]?)?key|" +
  "signing[_-]?(?:key|secret)|encryption[_-]?key|webhook[_-]?secret|x-api-key|x-auth-token";
const WEAK_NAME = "secret|token|credentials?|auth|master[_-]?key|license[_-]?key|service[_-]?key";

/** What may follow in the same name: `_PROD`, `Base`, `2`. */
const NAME_TAIL = "[A-Za-z0-9_-]{0,40}";

/** The last word of names that talk about a secret without being one: `password_hash`, `tokenUrl`. */
const ABOUT_A_SECRET: ReadonlySet<string> = new Set(
  (
    "hash hashed digest count counter length len size limit max min budget usage used total policy " +
    "rule field column input label hint name title url uri endpoint file path dir type kind expiry " +
    "expire expiration ttl timeout age reset regex pattern format required enabled changed strength " +
    "score provider manager store service error ref at id arn header version option grant scheme"
  ).split(" "),
);

/** `name`, an optional closing quote, `=`, `:`, `:=` or `=>`, and the value's beginning. */
const ASSIGNMENT = new RegExp(
  `(${STRONG_NAME}|${WEAK_NAME})(${NAME_TAIL})(\\\\{0,3}["'\`]?\\]?)([ \\t]{0,8})(:=|=>|[:=])([ \\t]{0,8})` +
    `(?!=)(?:(\\\\{0,3}["'\`])([^"'\`\\r\\n\\\\]{1,1000})|([^\\s"'\`<>(){}\\[\\],;&|\\\\]{4,1000}))`,
  "gi",
);

// It begins with a literal, and the look-behind is tried only where that was found.
const FLAG = new RegExp(
  `(-(?<=(?:^|[\\s"'])--?)[A-Za-z-]{0,40}?(?:${STRONG_NAME}|secret|token)[ \\t]{1,4}["']?)` +
    `((?!-)[^\\s"'\`]{4,500})`,
  "gi",
);
const CURL_USER =
  /((?:^|\s)(?:-u|--user|--proxy-user)[ \t=]{1,4}["']?[^\s"':]{1,100}:)([^\s"']{3,300})/g;

/** Values that stand for a secret instead of being one. */
const PLACEHOLDER =
  /^(?:\$|%|<|\{|\[|@|#|\*{2,}|x{3,}$|\.{2,}|…|-+$|_+$|your[-_ ]|my[-_ ]?(?:secret|password|token|key)$|example|changeme|placeholder|dummy$|redacted|process\.env|os\.environ|import\.meta|env[.:]|secrets?\.|vars?\.|null\b|nil$|none\b|true\b|false\b|undefined\b|nan$|todo|https?:\/\/|\/|\.\/|~\/)/i;

/** Types and words of schemas and prose, as they stand behind `password:`. */
const ORDINARY_WORD =
  /^(?:string|str|text|varchar|char|number|int|integer|boolean|bool|bytes?|any|unknown|void|object|array|list|option(?:al)?|required|required|hidden|password|passwd|secret|token|key|value|default|basic|bearer|the|this|that|a|an|is|are|was|must|should|not|self|new|await|async|function|return|const|let|typeof|keyof|readonly)[!?.:;]?$/i;

const DOTTED_IDENTIFIER = /^[A-Za-z_$][\w$]{0,80}(?:\??\.[A-Za-z_$][\w$]{0,80}){0,10}[!?]?$/;

function isPlaceholder(value: string): boolean {
  return PLACEHOLDER.test(value);
}

const NAME_ONLY = new RegExp(
  `^[A-Za-z0-9_.-]{0,60}?(${STRONG_NAME}|${WEAK_NAME})(${NAME_TAIL})$`,
  "i",
);
const STRONG_ONLY = new RegExp(`^(?:${STRONG_NAME})$`, "i");

function strength(keyword: string, tail: string): NameStrength {
  // `authentication`, `tokens`, `secretary`, `TOKENIZER`: other words.
  if (/[a-z]$/.test(keyword) && /^[a-z]/.test(tail)) return "none";
  if (/[A-Z]$/.test(keyword) && /^[A-Z]/.test(tail)) return "none";
  const last = tail.split(/[_-]|(?<=[a-z0-9])(?=[A-Z])/).at(-1) ?? "";
  if (ABOUT_A_SECRET.has(last.toLowerCase().replace(/s$/, ""))) return "none";
  return STRONG_ONLY.test(keyword) ? "strong" : "weak";
}

/** Letters and digits mixed, and no identifier's words: what a generated secret looks like. */
function looksRandom(value: string, atLeast: number): boolean {
  return value.length >= atLeast && /[0-9]/.test(value) && /[A-Za-z]/.test(value);
}

/** `client_secret: clientSecret`, `REFRESH_TOKEN = "refresh_token"`: the name once more. */
function repeatsName(value: string, keyword: string): boolean {
  return bareLetters(value) === bareLetters(keyword);
}

function bareLetters(name: string): string {
  return name.replace(/[_-]/g, "").toLowerCase();
}

function isSecretQuoted(value: string, names: NameStrength, keyword: string): boolean {
  if (isPlaceholder(value) || ORDINARY_WORD.test(value) || repeatsName(value, keyword))
    return false;
  const words = value.trim().split(/\s+/).length;
  if (names === "strong") return value.length >= 4 && words <= 2;
  return words === 1 && looksRandom(value, 12);
}

interface Bare {
  value: string;
  /** No white space around a `=`: environment, shell, query strings. */
  tight: boolean;
  /** The name is written in upper case. */
  upper: boolean;
  /** The character behind the value; empty at the end. */
  next: string;
}

function isSecretBare(bare: Bare, names: NameStrength, keyword: string): boolean {
  const { value } = bare;
  if (isPlaceholder(value) || ORDINARY_WORD.test(value) || repeatsName(value, keyword))
    return false;
  if (/^0x[0-9a-f]{1,8}$/i.test(value)) return false;
  // A call, an index, a generic: code that gets the value from somewhere.
  if (bare.next !== "" && "([{<`".includes(bare.next)) return false;
  if (names === "weak") return looksRandom(value, 16) && !/^[\w$]+\.[A-Za-z_$]/.test(value);
  if (!DOTTED_IDENTIFIER.test(value)) return value.length >= (/^[0-9.]+$/.test(value) ? 6 : 4);
  if (value.includes(".")) return false;
  if (/[0-9]/.test(value)) return value.length >= 6;
  if (bare.tight) return bare.upper || /^[\s&]?$/.test(bare.next);
  // A word at the end of a line: YAML. A type begins with a capital or ends the line with `;`, `,`.
  return /^[\r\n]?$/.test(bare.next) && /^[a-z]/.test(value) && value.length >= 6;
}

/** True where `value`, an entry's text in structured data, is a secret because of its `name`. */
export function isSecretEntry(name: string, value: string): boolean {
  const match = NAME_ONLY.exec(name);
  if (match === null) return false;
  const names = strength(match[1] ?? "", match[2] ?? "");
  return names !== "none" && isSecretQuoted(value, names, match[1] ?? "");
}

/** `password=…` in every usual notation. */
export function redactAssignments(text: string): string {
  return text.replace(ASSIGNMENT, (whole: string, ...rest: unknown[]) => {
    const [keyword = "", tail = "", close, , sign, gap, quote, quoted, bareValue] =
      rest as string[];
    const offset = rest[9] as number;
    const names = strength(keyword, tail);
    if (names === "none") return whole;
    if (quote !== undefined && quoted !== undefined) {
      if (!isSecretQuoted(quoted, names, keyword)) return whole;
      return whole.slice(0, whole.length - quoted.length) + mark("secret", keyword);
    }
    const value = bareValue ?? "";
    const bare: Bare = {
      value,
      tight: gap === "" && sign === "=" && close === "",
      upper: keyword === keyword.toUpperCase(),
      next: text.charAt(offset + whole.length),
    };
    if (!isSecretBare(bare, names, keyword)) return whole;
    return whole.slice(0, whole.length - value.length) + mark("secret", keyword);
  });
}

/** `[redacted:password]` where the name says so, else `[redacted:<kind>]`. */
function mark(kind: string, keyword: string): string {
  const name = keyword.toLowerCase();
  if (/^p(?:ass|wd|gp)/.test(name)) return "[redacted:password]";
  if (name.includes("token")) return "[redacted:token]";
  if (name.includes("key")) return "[redacted:key]";
  return `[redacted:${kind}]`;
}

/** `--password hunter2`, `--token …`, and curl's `-u user:password`. */
export function redactFlags(text: string): string {
  if (!text.includes(" -") && !text.startsWith("-")) return text;
  const result = text.replace(FLAG, (whole: string, before: string, value: string) =>
    isPlaceholder(value) || ORDINARY_WORD.test(value) ? whole : `${before}[redacted:secret]`,
  );
  if (!result.includes("curl") && !result.includes("wget")) return result;
  return result.replace(CURL_USER, (whole: string, before: string, value: string) =>
    isPlaceholder(value) ? whole : `${before}[redacted:password]`,
  );
}

const CREDENTIALS_IN_URL =
  /(:\/\/[^\s:/?#@"'<>`\\[]{0,256}:)([^\s/"'<>`\\]{1,256})(@(?=[\w[$%{.-]))/g;
const TOKEN_IN_URL = /:\/\/([A-Za-z0-9_-]{20,256})(?=(?::x-oauth-basic)?@[\w.-])/g;

/** `scheme://user:password@host` and `https://<token>@host`; the user and the host stay. */
export function redactUrls(text: string): string {
  if (!text.includes("://") || !text.includes("@")) return text;
  return text
    .replace(CREDENTIALS_IN_URL, (whole: string, before: string, value: string, after: string) =>
      /^(?:\$|%[sd]|<|\{|\*{2,}|x{3,}|\[redacted:|\.{3})/i.test(value)
        ? whole
        : `${before}[redacted:connection-string]${after}`,
    )
    .replace(TOKEN_IN_URL, (whole: string, value: string) =>
      looksRandom(value, 20) ? "://[redacted:token]" : whole,
    );
}

const HEADER =
  /(?<![A-Za-z0-9-])((?:proxy-)?authorization|(?:set-)?cookie|x-[a-z-]{0,30}(?:key|token|secret|auth)|api-key)(\\{0,3}["'`]?[ \t]{0,4}[:=,][ \t]{0,4}\\{0,3}["'`]?)([^\r\n"'`\\]{4,4096})/gi;
const SCHEME =
  /^(Bearer|Basic|Token|Digest|ApiKey|Negotiate|Key|AWS4-HMAC-SHA256)\s{1,4}(\S.{0,4000})$/i;
const BARE_BEARER = /\b(Bearer|Basic)([ \t]{1,4})([A-Za-z0-9._~+/-]{16,4000}={0,2})/g;
const COOKIE_PAIR = /^[^\s=;,]{1,128}=[^\s;]/;

/** Header values in curl, raw HTTP, JSON and environment form; the scheme's name stays. */
export function redactHeaders(text: string): string {
  return text
    .replace(HEADER, (whole: string, name: string, between: string, value: string) => {
      const secret = headerSecret(name, value);
      return secret === null ? whole : name + between + secret;
    })
    .replace(BARE_BEARER, (whole: string, scheme: string, gap: string, value: string) =>
      /[0-9]/.test(value) && /[A-Za-z]/.test(value) && !value.startsWith("/")
        ? `${scheme}${gap}[redacted:authorization]`
        : whole,
    );
}

/** True for an entry of structured data such as `{"headers": {"Cookie": "…"}}`. */
export function redactHeaderEntry(name: string, value: string): string | null {
  return HEADER_NAME.test(name) ? headerSecret(name, value) : null;
}

const HEADER_NAME =
  /^(?:(?:proxy-)?authorization|(?:set-)?cookie|x-[a-z-]{0,30}(?:key|token|secret|auth)|api-key)$/i;

/** What takes the place of a header's value, or null where it is no secret. */
function headerSecret(name: string, value: string): string | null {
  if (/cookie$/i.test(name)) {
    if (!COOKIE_PAIR.test(value) || /=\s{0,2}[${<%]/.test(value.slice(0, 160))) return null;
    return "[redacted:cookie]";
  }
  const scheme = SCHEME.exec(value.trim());
  const credential = scheme === null ? value.trim() : (scheme[2] ?? "");
  if (credential.length < 6 || isPlaceholder(credential)) return null;
  if (/^[^\s<]{0,40}<[a-z]/i.test(credential)) return null;
  if (scheme === null) {
    // Prose and code behind the name: several words, a call, an identifier.
    const first = credential.split(/[\s,;]/)[0] ?? "";
    if (first.length < 8 || /[(){}<>]/.test(first)) return null;
    if (DOTTED_IDENTIFIER.test(first) && !looksRandom(first, 12)) return null;
    if (first.length < 24 && !looksRandom(first, 8)) return null;
    const kind = /authorization$/i.test(name) ? "authorization" : "header";
    return `[redacted:${kind}]${credential.slice(first.length)}`;
  }
  if (/^[a-z]{1,20}$/.test(credential)) return null;
  return `${scheme[1]} [redacted:authorization]`;
}
