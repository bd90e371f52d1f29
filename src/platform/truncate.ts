/** Cutting text to a length. Lengths are UTF-16 units, and no cut goes through a surrogate pair. */

/**
 * The text, or its start with `mark` behind it, such as an ellipsis: at most `maxChars`, mark
 * included (the mark alone where there is room for nothing else).
 */
export function truncate(text: string, maxChars: number, mark = ""): string {
  if (text.length <= maxChars) return text;
  const end = Math.max(0, maxChars - mark.length);
  // The last unit kept is the first half of a pair that continues.
  return text.slice(0, splitsPair(text, end) ? end - 1 : end) + mark;
}

/** The text, or its end with `mark` in front of it: at most `maxChars`, mark included. */
export function truncateStart(text: string, maxChars: number, mark = ""): string {
  if (text.length <= maxChars) return text;
  const start = text.length - Math.max(0, maxChars - mark.length);
  return mark + text.slice(splitsPair(text, start) ? start + 1 : start);
}

/** True where a cut at `index` would leave half of a character on each side. */
function splitsPair(text: string, index: number): boolean {
  if (index <= 0 || index >= text.length) return false;
  return isHigh(text.charCodeAt(index - 1)) && isLow(text.charCodeAt(index));
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
