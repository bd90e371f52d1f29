/** Secrets of files and languages that have a form of their own: SQL, `.netrc`, `.pgpass`. */
import { isPlaceholder, isSecretQuoted } from "./secret-values.ts";

/** All rules of this module; each begins with a plain search. */
export function redactFileForms(text: string): string {
  let result = text;
  if (SQL_LITERALS.some((literal) => result.includes(literal))) result = redactSql(result);
  if (result.includes("login")) result = replaced(result, NETRC);
  return PGPASS_SCREEN.test(result) ? replaced(result, PGPASS) : result;
}

/** Parts of what the patterns hold, from a rare letter on: these are found fastest. */
const SQL_LITERALS = ["FIED ", "fied ", "ypt("];
/** `IDENTIFIED BY 'x'`, `IDENTIFIED WITH plugin BY 'x'`, `crypt('x', …)`. */
const SQL =
  /(\b(?:identified(?:[ \t]{1,4}with[ \t]{1,4}["'`]?[\w.]{1,40}["'`]?)?[ \t]{1,4}(?:by|as)(?:[ \t]{1,4}password)?[ \t]{1,4}|(?:crypt|pgp_sym_(?:en|de)crypt)\([ \t]{0,4}(?:[^'()\n]{1,80},[ \t]{0,4})?)(?:\\{0,3}["'])?)([^\s"';\\][^"';\\\n]{2,200})/gi;

function redactSql(text: string): string {
  return text.replace(SQL, (whole: string, before: string, found: string) => {
    const value = /["']$/.test(before) ? found : (/^\S+/.exec(found)?.[0] ?? "");
    if (/^(?:values|password|globally|externally|by)$/i.test(value)) return whole;
    if (!isSecretQuoted(value, "strong", false)) return whole;
    return `${before}[redacted:password]${found.slice(value.length)}`;
  });
}

/** `login me password x`, on one line or on several. */
const NETRC =
  /(\blogin\s{1,8}\S{1,200}\s{1,8}(?:(?:[0-9]{1,6}[:→\t|-]|[+-])[ \t]{0,8})?password\s{1,8})(\S{3,300})/g;
const PGPASS_SCREEN = /:(?:[56][0-9]{3}|26257|\*):/;
/** `host:5432:database:user:password`, a line of `.pgpass`. */
const PGPASS =
  /((?:^|[\n\t +>`"'→=-]|[0-9][:|-])(?:[\w.*-]{1,100}|\[[0-9a-f:]{2,40}\]):(?:[56][0-9]{3}|26257|\*):[\w.*-]{1,64}:[\w.@*-]{1,64}:)([^\s:]\S{2,199})(?=\s|$|["'`\\])/g;

function replaced(text: string, pattern: RegExp): string {
  return text.replace(pattern, (whole: string, before: string, value: string) =>
    isPlaceholder(value) ? whole : `${before}[redacted:password]`,
  );
}
