/** Values of headers: authorizations and cookies, wherever a header's name or a scheme is written. */
import type { Replacement } from "./replacements.ts";
import { isMixed, isPlaceholder, isWords, looksRandom } from "./secret-values.ts";

const SCHEME =
  /^(Bearer|Basic|Token|Digest|ApiKey|Api-Key|Negotiate|NTLM|Key|SSWS|Bot|Splunk|GenieKey|OAuth|Hawk|Signature|AWS|AWS4-HMAC-SHA256)\s{1,4}(\S.{0,4000})$/i;
/** Names of cookies that may identify somebody. */
const TELLING_COOKIE = /sess|sid|tok|auth|jwt|csrf|xsrf|key|remember|login|user|id$/i;
const COOKIES_MAX = 12;

/** Words and numbers of settings alone: `theme=dark; lang=de; Path=/`. */
function isSettings(value: string): boolean {
  const pairs = value.trim().split(/;\s{0,4}/);
  return (
    pairs.length <= COOKIES_MAX &&
    pairs.every((pair) => {
      const [name = "", whole = ""] = pair.split("=", 2);
      const setting = whole.split(/[\s,)<*.\]]/, 1)[0] ?? "";
      if (TELLING_COOKIE.test(name)) return false;
      if (/^(?:path|domain|expires|max-age|samesite|comment)$/i.test(name)) return true;
      return /^(?:[A-Za-z_-]{0,24}|[0-9]{1,5})$/.test(setting) || isWords(setting);
    })
  );
}

const COOKIE_PAIR = /^[^\s=;,]{1,128}=[^\s;]/;
const IDENTIFIER = /^[A-Za-z_$][\w$]{0,80}(?:\??\.[A-Za-z_$][\w$]{0,80}){0,10}[!?]?$/;

/** A cookie's or an authorization's header, whose value has a form of its own. */
export function headerKind(name: string): "cookie" | "authorization" | null {
  if (/(?:^|[^A-Za-z])(?:set[-_]?)?cookies?$/i.test(name)) return "cookie";
  return /authorization$/i.test(name) ? "authorization" : null;
}

const SCHEME_BEFORE = /\b(?:Bearer|Basic|SSWS|Splunk|GenieKey|Token token=)[ \t]{0,4}["']?$/i;
const CREDENTIAL = /[A-Za-z0-9._~+/-]{16,4000}={0,2}/y;

/** `Bearer …` and the like in any text: the credential that a run of its characters is. */
export function schemeAt(text: string, run: { start: number }): Replacement | null {
  const before = text.charCodeAt(run.start - 1);
  if (before !== 32 && before !== 9 && before !== 34 && before !== 39) return null;
  // `Bearer`, `Basic`, `SSWS`, `Splunk`, `GenieKey`, `token=`, and where a quote stands between.
  if (!"rRcCsSkKyY= \t".includes(text.charAt(run.start - 2))) return null;
  if (!SCHEME_BEFORE.test(text.slice(Math.max(0, run.start - 16), run.start))) return null;
  CREDENTIAL.lastIndex = run.start;
  const value = CREDENTIAL.exec(text)?.[0] ?? "";
  if (!looksRandom(value, 16) || /^[/+]/.test(value)) return null;
  if (text.charAt(CREDENTIAL.lastIndex) === "(") return null;
  return {
    start: run.start,
    end: run.start + value.length,
    mark: "[redacted:authorization]",
  };
}

const HEADER_NAME =
  /^(?:(?:proxy-)?authorization|(?:set-)?cookie|x-[a-z-]{0,30}(?:key|token|secret|auth)|api-key)$/i;

/** What takes the place of an entry such as `{"headers": {"Cookie": "…"}}`; null for no header. */
export function redactHeaderEntry(name: string, value: string): string | null {
  return HEADER_NAME.test(name) ? headerSecret(name, value) : null;
}

/** As much of a credential is looked at to tell that it stands for one. */
const PLACEHOLDER_CHARS = 120;

/** What takes the place of a header's value, or null where it is no secret. */
export function headerSecret(name: string, value: string): string | null {
  if (/cookies?$/i.test(name)) {
    if (!COOKIE_PAIR.test(value) || /=\s{0,2}[${<%]/.test(value.slice(0, 160))) return null;
    return isSettings(value) ? null : "[redacted:cookie]";
  }
  const scheme = SCHEME.exec(value.trim());
  const credential = scheme === null ? value.trim() : (scheme[2] ?? "");
  if (credential.length < 6 || isPlaceholder(credential.slice(0, PLACEHOLDER_CHARS))) return null;
  if (/^[^\s<]{0,40}<[a-z]/i.test(credential)) return null;
  if (scheme === null) {
    // Prose and code behind the name: several words, a call, an identifier.
    const first = credential.split(/[\s,;]/)[0] ?? "";
    if (first.length < 8 || /[(){}<>]/.test(first)) return null;
    if (IDENTIFIER.test(first) && !isMixed(first, 12) && !looksRandom(first, 20)) return null;
    if (first.length < 24 && !looksRandom(first, 8)) return null;
    const kind = /authorization$/i.test(name) ? "authorization" : "header";
    return `[redacted:${kind}]${credential.slice(first.length)}`;
  }
  if (/^[a-z]{1,20}$/.test(credential)) return null;
  return `${scheme[1]} [redacted:authorization]`;
}
