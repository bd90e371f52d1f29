/** A piece of text that a rule wants replaced. */
export interface Replacement {
  start: number;
  end: number;
  mark: string;
}

/** The text with all of them replaced; of those that overlap the one that begins first wins. */
export function replaceAll(text: string, found: Replacement[]): string {
  if (found.length === 0) return text;
  found.sort((a, b) => a.start - b.start);
  let result = "";
  let position = 0;
  for (const { start, end, mark } of found) {
    if (start < position) continue;
    result += text.slice(position, start) + mark;
    position = end;
  }
  return result + text.slice(position);
}
