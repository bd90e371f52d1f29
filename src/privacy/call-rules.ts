/**
 * Secrets that stand behind an account's name without one of their own: arguments of calls that log
 * in, `login: user / x`, `user:x@10.0.0.5`.
 */
import { isMixed, isPlaceholder, isWords } from "./secret-values.ts";

/** Shortest secret that is believed here. */
const MIN_CHARS = 8;

/** Parts of such calls, from a rare letter on: these are found fastest. */
const CALLS = ["Auth(", "uth=(", "Connection("];
/** `login("user", "x")`, `auth=("user", "x")`, `getConnection(url, "user", "x")`. */
const CALL =
  /(\b(?:HTTP(?:Basic|Digest)Auth|BasicAuth|[bB]asic_?[aA]uth|auth ?= ?|log_?in|getConnection)\(\s{0,8}(?:\\{0,3}["'][^"'\n]{0,200}["'],\s{0,8}){1,3}?\\{0,3}["'])([^"'\s\\]{8,200})(?=\\{0,3}["'])/gi;

/** `login: user / x`, `Zugangsdaten: user / x`. */
const ACCOUNT =
  /(\b(?:login|zugangsdaten)["'*]{0,3}[ \t]{0,2}[:=：][ \t]{0,4}[\w.@+-]{1,60}[ \t]{0,2}[/,|][ \t]{0,2})([^\s"'`<>]{8,100})/gi;

/** `user:x@10.0.0.5`: an address without a scheme. */
const AT_ADDRESS =
  /((?:^|[\s"'`(=→:+-])[A-Za-z_][\w.-]{0,40}:)([^\s:@/"'`]{8,100})(?=@(?:[0-9]{1,3}\.){3}[0-9]{1,3}\b)/g;
const ADDRESS_SCREEN = /@[0-9]{1,3}\.[0-9]{1,3}\./;

export function redactCalls(text: string): string {
  let result = text;
  const logsIn = text.includes("login");
  if (logsIn || CALLS.some((part) => text.includes(part))) result = replaced(result, CALL);
  if (logsIn || text.includes("Zugangs")) result = replaced(result, ACCOUNT);
  return ADDRESS_SCREEN.test(result) ? replaced(result, AT_ADDRESS) : result;
}

function replaced(text: string, pattern: RegExp): string {
  return text.replace(pattern, (whole: string, before: string, value: string) =>
    isMixed(value, MIN_CHARS) && !isWords(value) && !isPlaceholder(value)
      ? `${before}[redacted:password]`
      : whole,
  );
}
