/** What a call of our own `save_memory` saved: it belongs to the session that made the call. */

const SAVE_TOOL = /save_memory$/;
/** Longest part of an answer that is looked through: it says what was saved at its beginning. */
const ANSWER_MAX_CHARS = 4_000;
/** The structured answer, as JSON or as JSON in a text, or the sentence for people. */
const SAVED =
  /\\?"id\\?":\s?\\?"([1-9]\d{0,8}-[1-9]\d{0,11})\\?"|\bSaved as ([1-9]\d{0,8}-[1-9]\d{0,11}) in /;

/** The id of the item that a call of our own tools saved; null where it saved none. */
export function savedItem(tool: string, response: unknown): string | null {
  if (!SAVE_TOOL.test(tool) || response === null || response === undefined) return null;
  let text: string;
  try {
    text = typeof response === "string" ? response : JSON.stringify(response);
  } catch {
    return null;
  }
  const found = SAVED.exec(text.slice(0, ANSWER_MAX_CHARS));
  return found?.[1] ?? found?.[2] ?? null;
}
