/** Credentials in URLs, connection strings and data source names; user and host stay. */
import { looksRandom } from "./secret-values.ts";

/** `user:password@` with anything in the password but white space and quotes: up to its last `@`. */
const CREDENTIALS_IN_URL = /:\/\/([^\s:/?#@"'<>`\\[]{0,256}):([^\s"'<>`\\]{1,256})@(?=[\w[$%{.-])/g;
const TOKEN_IN_URL = /:\/\/([A-Za-z0-9_-]{20,256})(?=(?::x-oauth-basic)?@[\w.-])/g;
/** Schemes whose addresses have paths with an `@` in them. */
const WEB_SCHEME = /(?:https?|wss?|file|git|ssh|s3|data)$/i;
const REFERENCE =
  /^(?:\$|%[sd]|<|\{|\*{2,}|x{3,}$|\[redacted:|\.{3}|\[|(?:(?:db|my|your|the)[-_]?)?(?:pass|passwd|password|pwd|secret|token)$|change-?me$|your[-_ ])/i;
/** `user:password@tcp(host:3306)/db`: Go's driver for MySQL. */
const GO_DSN =
  /(?<=(?:^|[\s"'`=(:+→>-])[\w.-]{1,64}:)([^\s"'`]{1,200})(?=@(?:tcp|unix|udp|tls)\()/g;
/** `https://abc:xyz@example.com` shows the form alone. */
const PASSWORD_MIN_CHARS = 4;
const GO_SCREEN = /@(?:tcp|unix|udp|tls)\(/;
/** `jdbc:oracle:thin:user/password@host`, `sqlplus user/password@host`. */
const ORACLE =
  /(?<=(?:jdbc:oracle:(?:thin|oci):|\b(?:sqlplus|sqlldr|exp|imp|expdp|impdp|sql)(?: -[A-Za-z]{1,4})? )["']?[\w$#]{1,64}\/)("[^"\n]{1,128}"|[^\s@"'/]{3,128})(?=@)/g;
const ORACLE_SCREEN = /\/[^\s@/]{3,128}@(?<=(?:oracle|sql|exp|imp)[^\n]{0,300})/;

/** `scheme://user:password@host`, `https://<token>@host` and data source names of drivers. */
export function redactUrls(text: string): string {
  if (!text.includes("@")) return text;
  let result = text;
  if (text.includes("://")) {
    result = result
      .replace(CREDENTIALS_IN_URL, urlCredentials)
      .replace(TOKEN_IN_URL, (whole: string, value: string) =>
        looksRandom(value, 20) ? "://[redacted:token]" : whole,
      );
  }
  if (GO_SCREEN.test(text)) {
    result = result.replace(GO_DSN, (value: string) =>
      REFERENCE.test(value) ? value : "[redacted:connection-string]",
    );
  }
  if (ORACLE_SCREEN.test(text)) result = result.replace(ORACLE, "[redacted:password]");
  return result;
}

function urlCredentials(
  whole: string,
  user: string,
  password: string,
  offset: number,
  text: string,
): string {
  const value = ownPassword(password, text.slice(Math.max(0, offset - 16), offset));
  if (value === null || value.length < PASSWORD_MIN_CHARS || REFERENCE.test(value)) return whole;
  return `://${user}:[redacted:connection-string]${whole.slice(`://${user}:`.length + value.length)}`;
}

/** The password's own part of what stands before the last `@`; null where that is a port and a path. */
function ownPassword(password: string, before: string): string | null {
  const end = password.search(/[/?#]/);
  if (end === -1) return password;
  // A port, a path, and an `@` further on.
  const isPort = /^[0-9]{1,5}$/.test(password.slice(0, end));
  if (!WEB_SCHEME.test(before)) {
    return isPort && /^[/?]/.test(password.slice(end)) ? null : password;
  }
  const at = password.indexOf("@");
  return at !== -1 && at < end ? password.slice(0, at) : null;
}
