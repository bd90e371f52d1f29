/** Whether what stands beside a secret's name is a secret, or code and prose that only mention one. */
import { type NameStrength, type SecretName, secretName } from "./secret-names.ts";

/** Values that stand for a secret instead of being one. */
const PLACEHOLDER = new RegExp(
  `^(?:${[
    // References of shells, templates and formats
    "\\$(?:\\w{1,80}(?:[^\\w].{0,200})?$|[{(@?!$]|$)|%\\w{1,80}%|&(?:lt|quot|apos|#)|\\\\u003c|%[-+0-9.]{0,5}[sdvq]|%\\(|<|\\{\\{|\\{%",
    "\\{[\\w.$ :-]{0,60}\\}?$|\\[[A-Za-z _.-]{1,40}\\]$|\\[?redacted|@\\w{1,40}[.({]|@env|#\\{",
    // Masks
    ":?[*•●xX.…_-]{3,}$|\\^|(.)\\1{3,40}$|[A-Za-z_-]{1,16}(?:[xX*•]{4,}|\\.{3,5}|…)$",
    // Words
    "(?:\\w{1,12}[-_]){0,3}(?:test|fake|dummy|mock|sample|demo|example)(?:[-_]?(?:key|token|secret|password|value|id|user|app|api)){0,3}[-_]?[0-9]{0,3}$|your[-_ ]?|my[-_ ]?(?:secret|password|token|key)$|example|change[-_ ]?me|change[-_ ]?this|placeholder",
    "dummy$|insert[-_ ]|enter[-_ ]|replace[-_ ]|put[-_ ]|todo|tbd$|n/a$|none\\b|null\\b|nil$|nan$|true\\b|false\\b|undefined\\b|yes$|no$|on$|off$|unset$|empty$|\\(",
    // Where it is kept instead
    "process\\.env|os\\.(?:environ|getenv)|import\\.meta|env[.:(]|getenv|secrets?\\.|vars?\\.|config\\.|settings?\\.|self\\.|this\\.|args?\\.|opts?\\.|options\\.|params?\\.|props?\\.|req(?:uest)?\\.|ctx\\.|data\\.|local\\.|module\\.",
    "https?://|op://|vault:|ssm:|arn:|sm://|awssm|gcp-?sm|keyring|file:|projects/|ENC[[(]|!vault|!(?:Ref|Sub|GetAtt|ImportValue)|sops",
  ].join("|")})`,
  "i",
);
/** A class of characters, an alphabet, and what providers' own documentation shows. */
const SHOWN = /\[\^?[\w-]{0,12}(?:[aA]-[zZ]|0-9)|abcdefghijkl|EXAMPLE(?:KEY)?$|\\[.()dws]/i;
const PATH = /^(?:\.{0,2}|~|[A-Za-z]:)[\\/][\w.@ -]{1,80}(?:[\\/][\w.@ -]{0,80}){0,20}$/;

/** Types and words of schemas and prose, as they stand behind `password:`. */
const ORDINARY_WORD =
  /^(?:string|str|text|varchar|char|number|int|integer|boolean|bool|bytes?|any|unknown|void|object|array|list|dict|map|option(?:al)?|required|hidden|password|passwd|secret|token|key|value|default|basic|bearer|the|this|that|a|an|is|are|was|must|should|not|self|new|await|async|function|return|const|let|typeof|keyof|readonly|opaque|sensitive|stringdata|plaintext|incorrect|invalid|missing|wrong|rotated|expired|unset|uuid|date|jwt|oauth|oauth2|saml|ldap|files?|systemd|compat|pass(?:ed)?|fail(?:ed)?|ok|skip(?:ped)?|write|read|none|all)[!?.:;,]?$/i;

const DOTTED_IDENTIFIER =
  /^[A-Za-z_$][\w$]{0,80}(?:(?:\??\.|::|->)[A-Za-z_$][\w$]{0,80}){0,10}[!?]?$/;

/** True for what stands in a secret's place: references, masks, words such as `changeme`, paths. */
export function isPlaceholder(value: string): boolean {
  if (PLACEHOLDER.test(value) || SHOWN.test(value)) return true;
  return PATH.test(value) && !isMixed(value, 20);
}

/** Letters and digits, as a generated secret has them and no identifier's words. */
export function looksRandom(value: string, atLeast: number): boolean {
  return value.length >= atLeast && /[0-9]/.test(value) && /[A-Za-z]/.test(value);
}

/** Upper and lower case and digits. */
export function isMixed(value: string, atLeast: number): boolean {
  return looksRandom(value, atLeast) && /[A-Z]/.test(value) && /[a-z]/.test(value);
}

/** `sha256`, `base64`, `oauth2-proxy`, `v1.2.3`, `2024-11-27`: digits that belong to a word. */
const TECHNICAL =
  /^(?:(?:[0-9]:)?v?[0-9]{1,5}(?:\.[0-9]{1,5}){1,3}(?:[-+~][\w.+~-]{1,40})?|[0-9]{4}-[0-9]{2}-[0-9]{2}.{0,20}|(?:sha|md|hs|rs|es|ps|aes|rsa|base|utf|oauth|x|p|argon|bcrypt|pbkdf|ed|secp|http|https|h|ipv|s|k|e|i|l)[-_]?[0-9]{1,5}\w{0,6}(?:[-_/][A-Za-z]{1,20}){0,4})$/i;

/** A word with a digit in it rather than something generated. */
export function isTechnicalWord(value: string): boolean {
  return TECHNICAL.test(value);
}

/** `my-app.v2`, `SecuritySchemeOauth2`, `HTTP2_HEADER`, `'oauth2'`: words, some with a number. */
export function isWords(value: string): boolean {
  const bare = value.replace(/^["'`]|["'`;,]{1,3}$/g, "");
  return (
    isTechnicalWord(bare) ||
    /^[a-z]{2,}(?:[-_.][a-z0-9]{1,12}){0,4}$/.test(bare) ||
    /^_{0,2}[A-Za-z]?[a-z]{2,24}[0-9]{0,8}(?:[A-Z][a-z]{2,24}[0-9]{0,8}){0,8}$/.test(bare) ||
    /^_{0,2}[A-Z]{2,24}[0-9]{0,4}(?:_[A-Z0-9]{1,24}){0,8}$/.test(bare)
  );
}

/** `Uint8Array`, `LocalS3Credentials`: types whose names have a digit. */
const TYPE =
  /^(?:[A-Za-z]\w{0,40}\.){0,4}(?:(?:U?[Ii]nt|[uif]|Float|Big(?:Int|Uint))(?:8|16|32|64|128)(?:[A-Z]\w{0,20})?|[A-Z][A-Za-z0-9]{1,60}(?:Array|Buffer|String|Bytes|Credentials?|Client|Type|Options|Config|Settings|Provider|Schema|Certificate|Store|Service|Object|Params|Props|Request|Response|Factory|Handler|Command|Implicit|Key|Token|Secret|Password))$/;

const NAMING_WORD =
  /^(?:passwords?|passwd|pwd|passphrase|passcode|secrets?|tokens?|keys?|credentials?|auth|api|access|client|refresh|private|app|user|new|old|current|your|the|my|confirm|repeat|forgot|reset|enter|invalid|wrong|incorrect|bearer|session|id|or|and|field|is|required|missing|db|database|admin|login|root|webhook|signing|bot|service|account|master|encryption|x|oauth|csrf|jwt)$/;

const CORE_WORD = /^(?:passw(?:or)?d|passphrase|secret|token|key|credential|cookie)s?$/i;

/** `client_secret: clientSecret`, `REFRESH_TOKEN = "refresh_token"`, `"New password"`: names once more. */
function isName(value: string): boolean {
  if (!/^[\p{L}\p{M}\s_.?!:-]{1,64}$/u.test(value)) return false;
  if (/^[\u0080-\uffff]|^[A-Z][a-z]{4,}$/.test(value))
    return secretName(value.replace(/[?!.:]+$/, "")) !== null;
  const parts = value.split(/[^A-Za-z]+|(?<=[a-z])(?=[A-Z])/).filter(Boolean);
  if (/^[A-Z]{2,}(?:_[A-Z]+)+$/.test(value)) return true;
  // `MF-Proxy-Shared-Secret`: words, the last of which says what it is the name of.
  if (parts.length > 1 && CORE_WORD.test(parts.at(-1) ?? "")) return true;
  return parts.every((part) => NAMING_WORD.test(part.toLowerCase()));
}

/** Words of which no passphrase is made, and messages are. */
const STOP_WORD =
  /\b(?:must|have|has|least|the|this|that|with|for|and|not|are|you|your|enter|type|please|should|needs?|use|from|into|long|characters?|contains?|wrong|incorrect|invalid|again|match|matches|required|changed|cannot|will|was|were)\b/;

/** `correct horse battery staple`: four and more words of lower case. */
function isPassphrase(value: string): boolean {
  return (
    /^[a-z]{3,12}[0-9]{0,4}(?:[\s,-]{1,2}[a-z]{3,12}[0-9]{0,4}){3,40}$/.test(value) &&
    !STOP_WORD.test(value)
  );
}

/** 12, 15, 18, 21 or 24 short words of lower case, most of them different: a wallet's. */
export function isWallet(value: string): boolean {
  const words = value.split(/[ ,]{1,2}/);
  return (
    words.length % 3 === 0 &&
    words.length >= 12 &&
    words.length <= 24 &&
    words.every((word) => /^[a-z]{3,8}$/.test(word)) &&
    new Set(words).size > words.length / 2
  );
}

/** What stands for a secret in no language: letters of other scripts without a digit are prose. */
function isProse(value: string): boolean {
  return /[\u0080-\uffff]/.test(value) && !/[0-9]/.test(value) && !/[!-~]{8}/.test(value);
}

function isNothing(value: string): boolean {
  return isPlaceholder(value) || ORDINARY_WORD.test(value) || isName(value) || isProse(value);
}

/** Of a package: `"some-password": "^13.1.0"`. */
const VERSION =
  /^(?:[~^<>=v]{0,3}[0-9]{1,5}(?:\.[0-9x*]{1,5}){1,3}(?:[-+][\w.]{1,30})?|latest|next|\*|(?:workspace|npm|github|link|catalog):.{0,100})$/;

/** A value in quotes, or one whose borders are otherwise sure. */
export function isSecretQuoted(value: string, strength: NameStrength, phrase: boolean): boolean {
  const trimmed = value.trim();
  if (isNothing(trimmed)) return false;
  const count = trimmed.split(/\s+/).length;
  if (phrase && count >= 4) return isPassphrase(trimmed) || isWallet(trimmed);
  if (strength === "strong") {
    if (VERSION.test(trimmed)) return false;
    return trimmed.length >= 4 && (count === 1 || (count === 2 && /[^\p{L}\s.'’-]/u.test(trimmed)));
  }
  if (count > 1 || isTechnicalWord(trimmed)) return false;
  if (isPropertyAccess(trimmed)) return false;
  return strength === "medium"
    ? looksRandom(trimmed, 8) && !isKebab(trimmed)
    : looksRandom(trimmed, 12);
}

/** `"AccessToken": "minutes"`: no token and no key is a word. */
export function isUnit(kind: SecretName["kind"], value: string): boolean {
  return (kind === "token" || kind === "key") && /^[A-Za-z]{1,16}$/.test(value);
}

/** A bare value that is longer is believed only with a digit in it: it may be anything. */
const LONG_CHARS = 64;

export interface BareValue {
  value: string;
  /** No white space around a `=`: environment, shell, query strings. */
  tight: boolean;
  /** The name is written in upper case. */
  upper: boolean;
  /** The character behind the value; empty at the end. */
  next: string;
}

/** A value without quotes: code and prose stand in such places too. */
export function isSecretBare(bare: BareValue, strength: NameStrength): boolean {
  const { value } = bare;
  if (value.length > LONG_CHARS && !/[0-9]/.test(value)) return false;
  if (isNothing(value)) return false;
  if (/^0x[0-9a-f]{1,8}$/i.test(value)) return false;
  if (!bare.tight && TYPE.test(value)) return false;
  // A call, an index, a generic: code that gets the value from somewhere.
  if (bare.next !== "" && "([{<".includes(bare.next)) return false;
  if (strength !== "strong") {
    if (isPropertyAccess(value) || isTechnicalWord(value)) return false;
    const least =
      strength === "weak" && !(bare.tight && bare.upper)
        ? 16
        : bare.tight || !isKebab(value)
          ? 10
          : 16;
    return looksRandom(value, least);
  }
  if (!DOTTED_IDENTIFIER.test(value)) {
    if (isTechnicalWord(value)) return false;
    return value.length >= (/^[0-9.:]+$/.test(value) ? 6 : 4);
  }
  if (isPropertyAccess(value)) return false;
  if (/[0-9]/.test(value)) return value.length >= 6;
  if (bare.tight) return bare.upper || /^[\s&]?$/.test(bare.next);
  // A word at the end of a line: YAML. A type begins with a capital or ends the line with `;`, `,`.
  return /^[\r\n]?$/.test(bare.next) && /^[a-z]/.test(value) && value.length >= 6;
}

/** `req.body.password`: dotted names, none of whose parts is random. */
function isPropertyAccess(value: string): boolean {
  if (!/[.:>]/.test(value) || !DOTTED_IDENTIFIER.test(value)) return false;
  return !value
    .split(/\.|::|->/)
    .some((part) => isMixed(part, 14) || /^[0-9a-f]{20,}$/.test(part) || looksRandom(part, 24));
}

/** Words of lower case with dashes or underscores between: `my-app-v2`. */
function isKebab(value: string): boolean {
  return (
    /^[a-z]{2,20}(?:[-_./][a-z0-9]{1,12}){1,8}$/.test(value) &&
    !/[0-9a-f]{10}/.test(value.replace(/[-_./]/g, " "))
  );
}
