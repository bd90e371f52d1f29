/** Secrets in SQL: accounts' passwords, keys of encryption, and rows that are put in. */
import { type Replacement, replaceAll } from "./replacements.ts";
import { type SecretName, secretName } from "./secret-names.ts";
import { isSecretQuoted, looksRandom } from "./secret-values.ts";

/** Parts of what the patterns hold, from a rare letter on: these are found fastest. */
const LITERALS = ["FIED ", "fied ", "ypt(", "SET PASS"];

/** `IDENTIFIED BY 'x'`, `IDENTIFIED WITH plugin BY 'x'`, `crypt('x', …)`. */
const SQL =
  /(\b(?:identified(?:[ \t]{1,4}with[ \t]{1,4}["'`]?[\w.]{1,40}["'`]?)?[ \t]{1,4}(?:by|as)(?:[ \t]{1,4}password)?[ \t]{1,4}|set[ \t]{1,4}password[^\n=;]{0,120}=[ \t]{0,4}(?:password\([ \t]{0,4})?|(?:crypt|pgp_sym_(?:en|de)crypt)\([ \t]{0,4}(?:[^'()\n]{1,80},[ \t]{0,4})?)(?:\\{0,3}["'])?)([^\s"'`;\\][^"'`;\\\n]{2,200})/gi;

/** How far in front of it a statement may begin. */
const STATEMENT_CHARS = 100;

/** Replaces what statements set as a password or put into a column of that name. */
export function redactSql(text: string): string {
  let result = text;
  if (LITERALS.some((literal) => result.includes(literal))) result = redactStatements(result);
  return result.includes("VALUES") ? redactInserted(result) : result;
}

function redactStatements(text: string): string {
  return text.replace(SQL, (whole: string, before: string, found: string, offset: number) => {
    const value = /["']$/.test(before) ? found : (/^\S+/.exec(found)?.[0] ?? "");
    if (/^(?:values|password|globally|externally|by)$/i.test(value)) return whole;
    if (!isSecretQuoted(value, "strong", false)) return whole;
    const isQuoted = /["']$/.test(before);
    if (before.includes("(")) return isQuoted ? `${before}[redacted:password]` : whole;
    // "a library identified by 'name'" is prose.
    const statement = text.slice(Math.max(0, offset - STATEMENT_CHARS), offset);
    const isSql =
      before.includes("IDENTIFIED") ||
      /^set/i.test(before) ||
      /\b(?:create|alter|grant)\b/i.test(statement);
    if (!isSql && !(isQuoted && looksRandom(value, 6))) return whole;
    return `${before}[redacted:password]${found.slice(value.length)}`;
  });
}

/** `INSERT INTO users (email, password) VALUES`; more columns than that are not looked at. */
const INSERT =
  /\b(?:into|INTO)[ \t\n]{1,8}[\w."`[\]]{1,120}[ \t\n]{0,8}\(([^()]{1,1000})\)[ \t\n]{0,8}(?:values|VALUES)[ \t\n]{0,8}/g;
/** One value of a row: quoted, or up to the next comma. */
const ROW_VALUE =
  /[ \t\n]{0,8}(?:[NE]?'((?:[^'\\\n]|''|\\.){0,1000})'|([^,()'\n]{0,200}))[ \t\n]{0,8}([,)])/y;
const ROWS_MAX = 50;

/** The values of columns whose names say so. */
function redactInserted(text: string): string {
  const found: Replacement[] = [];
  for (const insert of text.matchAll(INSERT)) {
    const columns = (insert[1] ?? "")
      .split(",")
      .map((column) => secretName(column.replace(/["'`[\]\s]/g, "")));
    let at = insert.index + insert[0].length;
    if (columns.every((column) => column === null)) continue;
    for (let row = 0; row < ROWS_MAX && text.charAt(at) === "("; row++) {
      at = readRow(text, at + 1, columns, found);
      while (/[,\s]/.test(text.charAt(at))) at += 1;
    }
  }
  return replaceAll(text, found);
}

/** Reads the row whose first value begins at `from`; returns where the row ends. */
function readRow(
  text: string,
  from: number,
  columns: readonly (SecretName | null)[],
  found: Replacement[],
): number {
  let at = from;
  for (const column of columns) {
    ROW_VALUE.lastIndex = at;
    const match = ROW_VALUE.exec(text);
    if (match === null) return text.length;
    const value = match[1];
    at = ROW_VALUE.lastIndex;
    if (column !== null && value !== undefined && isSecretQuoted(value, column.strength, false)) {
      const start = match.index + match[0].indexOf("'") + 1;
      found.push({ start, end: start + value.length, mark: `[redacted:${column.kind}]` });
    }
    if (match[3] === ")") return at;
  }
  return at;
}
