/**
 * Arguments as clients really send them, for all tools: numbers, lists and flags as strings, one
 * value for a list of one and the other way round, null or an empty text for what is left out, names
 * and values in other letters (https://github.com/anthropics/claude-code/issues/24597). What can be
 * read one way only is read so; everything else reaches the tool's own schema as it was sent, which
 * says what is wrong with it.
 */
import { z } from "zod";

/** What a parameter takes, as far as it matters here; from its JSON Schema. */
interface Expected {
  type?: string;
  enum?: string[];
  items?: Expected;
  anyOf?: Expected[];
  default?: unknown;
  required: boolean;
}

/** Texts that clients write for nothing, where only certain values are taken. */
const NOTHING = new Set(["null", "none", "nil", "undefined"]);
/** And where any text may stand, a name among them. */
const NOTHING_OF_TEXTS = new Set(["null", "undefined"]);
/** No restriction, where a parameter restricts. */
const EVERYTHING = new Set(["all", "any", "*"]);
/** Texts that may be asked for as they stand: `null` is a word of programs. */
const SEARCHED = new Set(["query"]);

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
    if (typeof sent !== "object" || sent === null || Array.isArray(sent)) return sent;
    const read = new Map<string, unknown>();
    for (const [name, value] of named(expected, sent)) {
      const meant = readAs(name, expected.get(name), value);
      if (meant !== undefined) read.set(name, meant);
    }
    return Object.fromEntries(read);
  }, input);
}

/**
 * The arguments by the names that the tool knows. A strange one is what it differs from in its letters
 * only (`idempotencyKey`, `id` for `ids`), where that was not sent too; several values for one text
 * that has a list beside it are that list (`query` and `queries`).
 */
function named(expected: ReadonlyMap<string, Expected>, sent: object): [string, unknown][] {
  const known = [...expected.keys()];
  const has = new Set(Object.keys(sent));
  const take = (name: string) => {
    has.add(name);
    return name;
  };
  return Object.entries(sent).map(([name, value]) => {
    if (!expected.has(name)) {
      const meant = known.find((other) => alike(other, name) && !has.has(other));
      return [meant === undefined ? name : take(meant), value];
    }
    const list = known.find((other) => other !== name && plural(name).includes(other));
    const several = Array.isArray(value) && value.length > 1 && list !== undefined;
    return [several && !has.has(list) ? take(list) : name, value];
  });
}

function alike(name: string, other: string): boolean {
  const [a, b] = [name, other].map((one) => one.toLowerCase().replace(/[^a-z]/g, ""));
  if (a === undefined || b === undefined) return false;
  return a === b || plural(a).includes(b) || plural(b).includes(a) || (a === "query" && b === "q");
}

function plural(name: string): string[] {
  return [`${name}s`, name.replace(/y$/, "ies")];
}

/** Undefined where nothing was meant. */
function readAs(name: string, parameter: Expected | undefined, sent: unknown): unknown {
  if (parameter === undefined) return sent;
  if (sent === null) return undefined;
  const expected = { ...(parameter.anyOf?.find(({ type }) => type !== "null") ?? parameter) };
  const value = expected.type === "array" ? sent : single(expected, sent);
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") {
    const text = value.trim().toLowerCase();
    const isText = expected.type === "string" && expected.enum === undefined;
    if (text === "" && !(isText && parameter.required)) return undefined;
    if (isText && parameter.required) return value;
    if (isText && !SEARCHED.has(name) && NOTHING_OF_TEXTS.has(text)) return undefined;
    if (!isText && NOTHING.has(text)) return undefined;
    const restricts = expected.enum !== undefined && parameter.default === undefined;
    if (restricts && EVERYTHING.has(text)) return undefined;
  }
  return converted(expected, value);
}

/** Of a list of one its member, written as JSON too where that is no text; of several texts their lines. */
function single(expected: Omit<Expected, "required">, sent: unknown): unknown {
  const anyText = expected.type === "string" && expected.enum === undefined;
  const value = typeof sent === "string" && !anyText ? fromJson(sent) : bare(sent);
  if (!Array.isArray(value)) return value;
  const members = value.map(bare).filter((member) => member !== null && member !== "");
  if (members.length < 2) return members[0];
  const isLines = anyText && members.every((member) => typeof member === "string");
  return isLines ? members.join("\n") : sent;
}

function converted(expected: Omit<Expected, "required">, value: unknown): unknown {
  switch (expected.type) {
    case "array":
      return listOf(expected.items, value);
    case "string":
      return expected.enum === undefined ? textOf(value) : oneOf(expected.enum, value);
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

function listOf(items: Expected | undefined, value: unknown): unknown {
  const list = typeof value === "string" ? listIn(value) : numbered(value);
  if (items?.type !== "string") return list;
  if (!Array.isArray(list)) return [converted(items, bare(list))];
  return list
    .flat()
    .map(bare)
    .filter((member) => member !== null && member !== "")
    .map((member) => converted(items, member));
}

/** A value of the list, in whatever letters. */
function oneOf(values: readonly string[], value: unknown): unknown {
  if (typeof value !== "string") return value;
  const text = value.trim().toLowerCase();
  return values.find((one) => one.toLowerCase() === text) ?? value.trim();
}

/** A number or a flag for a text: an id, a cursor, a title. */
function textOf(value: unknown): unknown {
  return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
}

/** `{"id": "3-1"}` → `3-1`: of an object with one member, that. */
function bare(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const [member, ...others] = Object.values(value);
  return others.length === 0 && typeof member !== "object" ? member : value;
}

/** `{"0": "a", "1": "b"}` → a, b. */
function numbered(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const names = Object.keys(value);
  const isList = names.length > 0 && names.every((name, index) => name === String(index));
  return isList ? Object.values(value) : value;
}

/** A list or a quoted value that was written as JSON; else the text. */
function fromJson(text: string): unknown {
  if (!/^\s*["[]/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** A list written as JSON, by lines, or with commas between words; else a list of one. */
function listIn(text: string): unknown[] {
  const read = fromJson(text);
  if (Array.isArray(read)) return read;
  const trimmed = (typeof read === "string" ? read : text).trim();
  const lines = trimmed.split(/\r?\n/).map((line) => line.trim());
  if (lines.length > 1) {
    const marked = lines.filter((line) => line !== "").every((line) => LIST_MARK.test(line));
    return marked ? lines.map((line) => line.replace(LIST_MARK, "")) : lines;
  }
  // `['3-1', '3-2']`, `[3-1]`: as other languages write it.
  const inside = /^\[(.*)\]$/.exec(trimmed)?.[1] ?? trimmed;
  const ids = /^[\d-]+(?:\s+[\d-]+)+$/.test(inside);
  const parts = inside.split(ids ? /\s+/ : ",").map((part) => part.trim().replace(QUOTED, "$2"));
  // With a space in it, it is a sentence: its commas are its own.
  return parts.every((part) => /^\S*$/.test(part)) ? parts : [trimmed];
}

const LIST_MARK = /^(?:[-*•]|\d{1,2}[.)])\s+/;
const QUOTED = /^(["'`])(.*)\1$/;
