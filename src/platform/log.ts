/**
 * One JSON line per event. The type keeps content out: a field that could carry a body, a prompt,
 * a header or a secret does not compile.
 */

type Forbidden =
  | "body"
  | "prompt"
  | "header"
  | "headers"
  | "secret"
  | "token"
  | "key"
  | "authorization"
  | "text"
  | "payload"
  | "input"
  | "output"
  | "query";

/** Short facts: names, counts, codes, durations in ms. */
export type LogFields = Record<string, string | number | boolean | null | undefined> & {
  [name in Forbidden]?: never;
};

export type LogLevel = "info" | "warn" | "error";

/** Longest string that a field may carry, in characters: enough for a code or an id. */
const FIELD_MAX_CHARS = 300;

/** Writes `{"event": …, "level": …, …fields}` to the log. `event` is snake_case and stable. */
export function log(level: LogLevel, event: string, fields: LogFields = {}): void {
  const line: Record<string, unknown> = { event, level };
  for (const [name, value] of Object.entries(fields)) {
    line[name] = typeof value === "string" ? value.slice(0, FIELD_MAX_CHARS) : value;
  }
  const text = JSON.stringify(line);
  if (level === "error") console.error(text);
  else if (level === "warn") console.warn(text);
  else console.log(text);
}
