/** A tool's answer as plain text. What no adapter knew the shape of comes as JSON: its words are taken. */

/** Fields of envelopes that repeat the input or tell nothing. */
const SILENT_FIELDS = new Set(["type", "prompt", "usage", "signature"]);
const DEPTH_MAX = 6;
/** Longer values tell enough without the name of their field. */
const NAMED_VALUE_MAX_CHARS = 80;

function flatten(value: unknown, name: string, depth: number, out: string[]): void {
  if (value === null || value === undefined || value === "" || typeof value === "boolean") return;
  if (typeof value === "string" || typeof value === "number") {
    const text = String(value);
    const alone = name === "" || text.includes("\n") || text.length > NAMED_VALUE_MAX_CHARS;
    out.push(alone ? text : `${name}: ${text}`);
    return;
  }
  if (depth >= DEPTH_MAX) return;
  if (Array.isArray(value)) {
    for (const item of value) flatten(item, "", depth + 1, out);
    return;
  }
  const fields = value as Record<string, unknown>;
  if (fields.type === "image" || fields.type === "document") {
    out.push(`[${fields.type}]`);
    return;
  }
  for (const [key, inner] of Object.entries(fields)) {
    if (!SILENT_FIELDS.has(key)) flatten(inner, key, depth + 1, out);
  }
}

/** Words of `output`. JSON that was cut on its way is taken as the text it is. */
export function answerText(output: string): string {
  const start = output.trimStart()[0];
  if (start !== "{" && start !== "[") return output;
  try {
    const lines: string[] = [];
    flatten(JSON.parse(output), "", 0, lines);
    return lines.join("\n");
  } catch {
    return output.replaceAll("\\n", "\n").replaceAll('\\"', '"');
  }
}
