/**
 * Arguments as clients really send them, for all tools: numbers, lists and flags as strings, one
 * value for a list of one, null or an empty text for what is left out
 * (https://github.com/anthropics/claude-code/issues/24597). What can be read one way only is read so;
 * everything else reaches the tool's own schema as it was sent, which says what is wrong with it.
 */
import { z } from "zod";

/** What a parameter takes, as far as it matters here; from its JSON Schema. */
interface Expected {
  type?: string;
  enum?: string[];
  items?: Expected;
  anyOf?: Expected[];
  required: boolean;
}

/** Texts that clients write for nothing, where only certain values are taken. */
const NOTHING = new Set(["null", "none", "undefined"]);

/** The schema with the lenient layer before it; its JSON Schema is the same. */
export function lenient<Input extends z.ZodObject>(input: Input) {
  const { properties = {}, required = [] } = z.toJSONSchema(input, { io: "input" });
  const expected = new Map(
    Object.entries(properties).map(([name, schema]) => [
      name,
      { ...(schema as unknown as Omit<Expected, "required">), required: required.includes(name) },
    ]),
  );
  return z.preprocess((sent) => {
    if (typeof sent !== "object" || sent === null) return sent;
    const read = Object.entries(sent).map(([name, value]) => [
      name,
      readAs(expected.get(name), value),
    ]);
    return Object.fromEntries(read.filter(([, value]) => value !== undefined));
  }, input);
}

/** Undefined where nothing was meant. */
function readAs(parameter: Expected | undefined, value: unknown): unknown {
  if (parameter === undefined) return value;
  if (value === null) return undefined;
  const expected = { ...(parameter.anyOf?.find(({ type }) => type !== "null") ?? parameter) };
  const isText = expected.type === "string" && expected.enum === undefined;
  if (typeof value === "string" && value.trim() === "" && !(isText && parameter.required)) {
    return undefined;
  }
  if (expected.enum !== undefined && typeof value === "string") {
    return NOTHING.has(value.trim().toLowerCase()) ? undefined : value.trim();
  }
  return converted(expected, value);
}

function converted({ type, items }: Omit<Expected, "required">, value: unknown): unknown {
  switch (type) {
    case "array": {
      const list = Array.isArray(value) ? value : typeof value === "string" ? listIn(value) : value;
      if (!Array.isArray(list)) return items?.type === "string" ? [textOf(list)] : list;
      const members = list.filter((member) => member !== null && member !== "");
      return items?.type === "string" ? members.map(textOf) : members;
    }
    case "string":
      return textOf(value);
    case "integer":
    case "number":
      return typeof value === "string" && /^\s*-?\d+(?:\.0*)?\s*$/.test(value)
        ? Number(value)
        : value;
    case "boolean":
      return typeof value === "string" && /^(?:true|false)$/i.test(value.trim())
        ? value.trim().toLowerCase() === "true"
        : value;
    default:
      return value;
  }
}

/** A number for a text: an id, a cursor, a title. */
function textOf(value: unknown): unknown {
  return typeof value === "number" ? String(value) : value;
}

/** A list written as JSON, by lines, or with commas between words; else a list of one. */
function listIn(text: string): unknown[] {
  const trimmed = text.trim();
  if (trimmed.startsWith("[")) {
    try {
      const list: unknown = JSON.parse(trimmed);
      if (Array.isArray(list)) return list;
    } catch {
      // A text that merely begins so.
    }
  }
  const lines = trimmed.split(/\r?\n/).map((line) => line.trim());
  const parts = lines.length > 1 ? lines : trimmed.split(",").map((part) => part.trim());
  // With a space in it, it is a sentence: its commas are its own.
  return lines.length > 1 || parts.every((part) => /^\S+$/.test(part)) ? parts : [trimmed];
}
