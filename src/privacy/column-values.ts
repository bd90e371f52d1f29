/** Values that stand in the column under their name: CSV, and tables of Markdown, psql and mysql. */
import type { Replacement } from "./replacements.ts";
import { secretName } from "./secret-names.ts";
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

/** The secrets in the column that the name heads; none where it heads no column. */
export function columnValues(text: string, name: Span): Replacement[] {
  AFTER_CELL.lastIndex = name.end;
  const behind = AFTER_CELL.exec(text);
  if (behind === null) return [];
  const before = text.slice(Math.max(0, name.start - 48), name.start);
  if (!BEFORE_CELL.test(before)) return [];
  const separator = behind[1] ?? /([|│,;\t])[ \t"'`*]{0,44}$/.exec(before)?.[1];
  if (separator === undefined) return [];
  const secret = secretName(name.text);
  if (secret === null) return [];
  const least = Math.max(0, name.start - LINE_MAX_CHARS);
  const header = lineAt(text, least + text.slice(least, name.start).lastIndexOf("\n") + 1);
  if (
    header === null ||
    (/[,;]/.test(separator) && CODE.test(header.text.slice(header.text.indexOf(separator))))
  )
    return [];
  if (/[,;]/.test(separator) && /[,;][ \t]*$|^[^,;]{0,200}$/.test(header.text)) return [];
  // The name of something among others: a row, and no header.
  if (/[0-9]/.test(header.text.slice(header.text.indexOf(separator) + 1))) return [];
  const column = count(header.text.slice(0, name.start - header.start), separator);
  const columns = count(header.text, separator);
  const found: Replacement[] = [];
  let line = lineAt(text, header.end + 1);
  if (/[|│]/.test(separator) && !(line !== null && RULER.test(line.text))) return [];
  for (let row = 0; line !== null && row < ROWS_MAX; row++) {
    if (!RULER.test(line.text)) {
      if (count(line.text, separator) !== columns) break;
      const cell = cellAt(line, separator, column);
      if (
        looksRandom(cell.text, 6) &&
        !isWords(cell.text) &&
        isSecretQuoted(cell.text, secret.strength, false)
      ) {
        found.push({ start: cell.start, end: cell.end, mark: `[redacted:${secret.kind}]` });
      }
    }
    line = lineAt(text, line.end + 1);
  }
  return found;
}

function lineAt(text: string, start: number): Span | null {
  if (start >= text.length) return null;
  const line = text.slice(start, start + LINE_MAX_CHARS + 1);
  const length = line.indexOf("\n");
  if (length === -1 && line.length > LINE_MAX_CHARS) return null;
  const end = length === -1 ? text.length : start + length;
  return { text: text.slice(start, end), start, end };
}

function count(text: string, separator: string): number {
  return text.split(separator).length - 1;
}

function cellAt(line: Span, separator: string, column: number): Span {
  const before = line.text.split(separator).slice(0, column).join(separator);
  const from = before.length + (column > 0 ? 1 : 0);
  const raw = line.text.slice(from).split(separator)[0] ?? "";
  const value = /[^\s"'`*]{1,300}/.exec(raw);
  const start = line.start + from + (value?.index ?? 0);
  const text = value?.[0] ?? "";
  return { text, start, end: start + text.length };
}
