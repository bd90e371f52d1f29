/**
 * Secrets of files and languages that have a form of their own: `.netrc`, `.pgpass`, lists of
 * accounts, keys as JSON, Composer's `auth.json`, recovery codes.
 */
import { redactCalls } from "./call-rules.ts";
import { isMixed, isPlaceholder, isSecretQuoted, looksRandom } from "./secret-values.ts";
import { redactSql } from "./sql-rules.ts";

/** All rules of this module; each begins with a plain search. */
export function redactFileForms(text: string): string {
  let result = redactCalls(redactSql(text));
  if (result.includes("login")) result = replaced(result, NETRC);
  if (result.includes(":$")) result = result.replace(ACCOUNT, "$1[redacted:password-hash]");
  if (result.includes("kty")) result = replaced(result, JSON_KEY);
  if (/b-(?:oauth|token)/.test(result)) result = replaced(result, COMPOSER);
  if (result.includes("AUTH ")) result = redactAuth(result);
  if (/[yp][ _-][cC]ode/.test(result)) result = redactCodes(result);
  return PGPASS_SCREEN.test(result) ? replaced(result, PGPASS) : result;
}

/** `root:$6$salt$hash:`, a line of `/etc/shadow` or of `.htpasswd`: a hash can be guessed at. */
const ACCOUNT =
  /((?:^|[\s"'`:=→+>(*[-]|\[[0-9;]{1,6}m)[A-Za-z_][\w.@-]{0,63}:)(\$(?:[1567y]|2[abxy]?|gy|apr1|sha1|argon2[id]{1,2})\$[\w./$,=+-]{20,300})/g;
/** The private members of a JSON Web Key. */
const JSON_KEY =
  /(\\{0,3}["'](?:d|k|p|q|dp|dq|qi)\\{0,3}["']\s{0,4}:\s{0,4}\\{0,3}["'])([A-Za-z0-9_-]{20,2000})/g;
const COMPOSER =
  /((?:github|gitlab|bitbucket|forgejo)-(?:oauth|token)\\{0,3}"\s{0,4}:\s{0,8}\{\s{0,24}\\{0,3}"[\w.:-]{1,100}\\{0,3}"\s{0,4}:\s{0,4}\\{0,3}")([^"\s\\]{8,300})/g;

/** `AUTH x`, `AUTH user x`, `AUTH PLAIN x`: what Redis and mail servers are told. */
const AUTH = /(\bAUTH[ \t]{1,4}(?:[\w.@-]{1,60}[ \t]{1,4})?)([^\s"'`]{8,300})/g;

function redactAuth(text: string): string {
  return text.replace(AUTH, (whole: string, before: string, value: string) =>
    isMixed(value, 8) && !isPlaceholder(value) ? `${before}[redacted:password]` : whole,
  );
}

const CODES = /\b(?:recovery|backup)[ _-]codes?["'*]{0,3}[^\n:=]{0,40}[:=]/gi;
/** One code, with a list's sign or comma before it. */
const CODE =
  /(?:[\s,;["'`]|[-*•][ \t]|[0-9]{1,2}[.)][ \t]){0,8}([A-Za-z0-9]{4,10}-[A-Za-z0-9]{4,10}(?:-[A-Za-z0-9]{4,10}){0,2}|[0-9]{6,8}|[A-Za-z0-9]{8,16})(?=[\s,;\]"'`]|$)/y;
const CODES_MAX = 20;

function redactCodes(text: string): string {
  let result = "";
  let position = 0;
  for (const head of text.matchAll(CODES)) {
    let at = head.index + head[0].length;
    if (at < position) continue;
    for (let count = 0; count < CODES_MAX; count++) {
      CODE.lastIndex = at;
      const match = CODE.exec(text);
      const code = match?.[1] ?? "";
      if (match === null || !(looksRandom(code, 8) || /^[0-9]+$/.test(code))) break;
      at += match[0].length;
      result += `${text.slice(position, at - code.length)}[redacted:code]`;
      position = at;
    }
  }
  return result + text.slice(position);
}

/** `login me password x`, on one line or on several. */
const NETRC =
  /(\blogin\s{1,8}\S{1,200}\s{1,8}(?:(?:[0-9]{1,6}[:→\t|-]|[+-])[ \t]{0,8})?password\s{1,8})(\S{3,300})/g;
const PGPASS_SCREEN = /:(?:[56][0-9]{3}|26257|\*):/;
/** `host:5432:database:user:password`, a line of `.pgpass`. */
const PGPASS =
  /((?:^|[\n\t\u00a0 +>`"'→=([*-]|[0-9][:|-]|\.\w{1,8}:|\[[0-9;]{1,6}m)(?:[\w.*-]{1,100}|\[[0-9a-f:]{2,40}\]):(?:[56][0-9]{3}|26257|\*):[\w.*-]{1,64}:[\w.@*-]{1,64}:)([^\s:]\S{2,199})(?=\s|$|["'`\\])/g;

/** Groups of hexadecimal digits, which look like a line of `.pgpass`. */
const IPV6 = /(?<![\w.-])(?:[0-9A-Fa-f]{1,4}:){4}[0-9A-Fa-f]{1,4}(?![\w.])/;

function replaced(text: string, pattern: RegExp): string {
  return text.replace(pattern, (whole: string, before: string, value: string) =>
    !isSecretQuoted(value.replace(/^["'`]|["'`.,]{1,3}$/g, ""), "strong", false) ||
    /^(?:for|and|or|in|to|as|with)$/i.test(value) ||
    IPV6.test(whole)
      ? whole
      : `${before}[redacted:password]`,
  );
}
