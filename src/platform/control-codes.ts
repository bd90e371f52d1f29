/** Characters that command a terminal or hide from a person's eye. */

/** All control characters but `\t` and `\n`; line and paragraph separators; overrides of direction. */
const CONTROLS = /[^\t\n\x20-\x7e\u00a0-\u2027\u202f-\u2065\u206a-\uffff]/g;

/**
 * The text without them: what is left of an escape code is harmless letters. For what goes to a
 * terminal, whoever wrote it.
 */
export function withoutControls(text: string): string {
  return text.toWellFormed().replace(CONTROLS, "");
}

/** A value of JSON with `change` made to each of its texts, keys included. */
export function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [change(name), mapTexts(item, change)]),
  );
}
