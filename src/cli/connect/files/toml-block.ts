/** Lines of ours in a TOML file that people and the agent write to: a block of tables at its end. Pure. */

const BEGIN = "# cairn: put here by `cairn connect`; `cairn disconnect` takes it out";
const END = "# cairn: end";

function placeOf(text: string): { from: number; to: number } | null {
  const from = text.indexOf(BEGIN);
  if (from < 0) return null;
  const end = text.indexOf(END, from);
  return { from, to: end < 0 ? text.length : end + END.length };
}

/** The text without our block, and without the empty line that stands before it. */
export function withoutBlock(text: string): string {
  const place = placeOf(text);
  if (place === null) return text;
  const before = text.slice(0, place.from).replace(/\n\n$/, "\n");
  return `${before}${text.slice(place.to).replace(/^\n/, "")}`;
}

/** The text with these lines as our only block, where it was, else at the end of the tables. */
export function withBlock(text: string, lines: readonly string[]): string {
  const block = `${BEGIN}\n${lines.join("\n")}\n${END}`;
  const place = placeOf(text);
  if (place !== null) return `${text.slice(0, place.from)}${block}${text.slice(place.to)}`;
  const gap = text === "" ? "" : text.endsWith("\n") ? "\n" : "\n\n";
  return `${text}${gap}${block}\n`;
}

/** The header of a table as a whole line; null where there is none. */
export function tableHeader(line: string): string | null {
  return /^\[.+\]$/.test(line) ? line : null;
}
