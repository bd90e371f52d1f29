/** Values that stand in the column under their name: CSV, and tables of Markdown, psql and mysql. */
import type { Replacement } from "./replacements.ts";
import { type SecretName, secretName } from "./secret-names.ts";
import { isSecretQuoted, isWords, looksRandom } from "./secret-values.ts";
import type { Span } from "./value-places.ts";

/** As many rows under a header are looked at. */
const ROWS_MAX = 50;
const LINE_MAX_CHARS = 1_000;

/** The name as a whole cell: what stands before it and behind. */
const BEFORE_CELL = /(?:[|│,;\t]|^|[\n:→`"'+])[ \t]{0,40}["'`*]{0,3}$/;
const AFTER_CELL = /["'`*]{0,3}[ \t]{0,80}(?:([|│,;\t])|\n)/y;
/** Signs of code behind the first comma of a line: no header of a table. */
const CODE = /[(){}<>=[\]]/;
/** The line between a header and its rows, with what tools put in front of a line. */
const RULER = /^(?:[^\n]{0,80}?[\s:→>\]-])?[\s|│+:=─┼├┤-]{2,1000}$/;

interface Columns {
  values: Replacement[];
  /** Where the last row ends that was looked at. */
  end: number;
}

/** The secrets under the header that the name stands in; null where it stands in none. */
export function columnValues(text: string, name: Span): Columns | null {
  const separator = separatorBeside(text, name);
  if (separator === null) return null;
  const least = Math.max(0, name.start - LINE_MAX_CHARS);
  const header = lineAt(text, least + text.slice(least, name.start).lastIndexOf("\n") + 1);
  if (header === null || !isHeader(header.text, separator)) return null;
  const columns = header.text.split(separator).map((cell) => secretName(lastWord(cell)));
  if (columns.every((column) => column === null)) return null;
  let line = lineAt(text, header.end + 1);
  if (/[|│]/.test(separator) && !(line !== null && RULER.test(line.text))) return null;
  const values: Replacement[] = [];
  let end = header.end;
  for (let row = 0; line !== null && row < ROWS_MAX; row++) {
    if (!RULER.test(line.text) && !readRow(line, separator, columns, values)) break;
    end = line.end;
    line = lineAt(text, end + 1);
  }
  return { values, end };
}

/** What parts the cells of a line in which the name is one; null where it is none. */
function separatorBeside(text: string, name: Span): string | null {
  AFTER_CELL.lastIndex = name.end;
  const behind = AFTER_CELL.exec(text);
  if (behind === null) return null;
  const before = text.slice(Math.max(0, name.start - 48), name.start);
  if (!BEFORE_CELL.test(before)) return null;
  return behind[1] ?? /([|│,;\t])[ \t"'`*]{0,44}$/.exec(before)?.[1] ?? null;
}

function isHeader(line: string, separator: string): boolean {
  const behindFirst = line.slice(line.indexOf(separator) + 1);
  // The name of something among others: a row.
  if (/[0-9]/.test(behindFirst)) return false;
  if (!/[,;]/.test(separator)) return true;
  return !CODE.test(behindFirst) && behindFirst !== line && !/[,;][ \t]*$/.test(line);
}

function lastWord(cell: string): string {
  return /[\w.-]{1,64}(?=["'`*\s]{0,40}$)/.exec(cell.slice(-80))?.[0] ?? "";
}

/** Takes what is secret in a line; false where the line is no row of the table. */
function readRow(
  line: Span,
  separator: string,
  columns: readonly (SecretName | null)[],
  values: Replacement[],
): boolean {
  const cells = line.text.split(separator);
  if (cells.length !== columns.length) return false;
  let at = line.start;
  for (const [i, cell] of cells.entries()) {
    const column = columns[i] ?? null;
    const found = column === null ? null : /[^\s"'`*]{6,300}/.exec(cell);
    const value = found?.[0] ?? "";
    if (column !== null && found !== null && isSecretCell(value, column)) {
      const start = at + found.index;
      values.push({ start, end: start + value.length, mark: `[redacted:${column.kind}]` });
    }
    at += cell.length + 1;
  }
  return true;
}

function isSecretCell(value: string, { strength }: SecretName): boolean {
  return looksRandom(value, 6) && !isWords(value) && isSecretQuoted(value, strength, false);
}

function lineAt(text: string, start: number): Span | null {
  if (start >= text.length) return null;
  const line = text.slice(start, start + LINE_MAX_CHARS + 1);
  const length = line.indexOf("\n");
  if (length === -1 && line.length > LINE_MAX_CHARS) return null;
  const end = length === -1 ? text.length : start + length;
  return { text: text.slice(start, end), start, end };
}
