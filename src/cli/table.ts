/** Rows for people: a table in a terminal, and lines with tabs where the output goes into a program. */
import { stripVTControlCharacters, styleText } from "node:util";

const GAP = "  ";
/** Where a terminal does not say how wide it is. */
const DEFAULT_COLUMNS = 100;

/**
 * Says the rows, each with as many cells as there are `titles`. In a terminal they stand in columns
 * below the titles, the last one cut to fit; elsewhere a row is a line, its cells parted by tabs.
 */
export function tellRows(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  say: (line: string) => void,
): void {
  const plain = rows.map((row) => row.map((cell) => cell.replaceAll(/\s+/g, " ").trim()));
  if (!process.stdout.isTTY) {
    for (const row of plain) say(row.join("\t"));
    return;
  }
  const last = titles.length - 1;
  const widths = titles.map((title, i) =>
    Math.max(title.length, ...plain.map((row) => row[i]?.length ?? 0)),
  );
  const before = widths.slice(0, last).reduce((sum, width) => sum + width + GAP.length, 0);
  const room = Math.max(20, (process.stdout.columns || DEFAULT_COLUMNS) - before);
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => (i === last ? cut(cell, room) : cell.padEnd(widths[i] ?? 0)))
      .join(GAP)
      .trimEnd();
  say(styleText("dim", line(titles)));
  for (const row of plain) say(line(row));
}

function cut(text: string, room: number): string {
  const shown = stripVTControlCharacters(text);
  return shown.length <= room ? shown : `${shown.slice(0, room - 1)}…`;
}

/** For programs: the answer as it came, as JSON. */
export function sayJson(value: unknown, say: (line: string) => void): void {
  say(JSON.stringify(value, null, 2));
}
