/**
 * Changes a JSON text as little as a change of its value asks for: members and elements that stay
 * keep their order, their spacing and their line breaks. People write their settings by hand.
 */

import type { JsonObject } from "../../hooks/connect/agent-connect.ts";

type Json = JsonObject[string];

/** A value in the text: `[start, end)`. Members and elements are in order of the text. */
interface Node {
  start: number;
  end: number;
  value: Json;
  children: Child[];
}

/** A member of an object (with its key) or an element of an array (without). */
interface Child {
  key: string | null;
  /** Where the key, or the element, begins. */
  start: number;
  node: Node;
}

/** Reads what `JSON.parse` has already accepted, and notes where everything stands. */
class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  scan(): Node {
    this.#skipSpace();
    return this.#value();
  }

  #skipSpace(): void {
    while (/[\t\n\r ]/.test(this.#text[this.#at] ?? "")) this.#at += 1;
  }

  #value(): Node {
    const first = this.#text[this.#at];
    if (first === "{" || first === "[") return this.#container(first === "{");
    const token = /"(?:[^"\\]|\\.)*"|[^\s,\]}]+/y;
    token.lastIndex = this.#at;
    const text = token.exec(this.#text)?.[0] ?? "";
    const start = this.#at;
    this.#at += text.length;
    return { start, end: this.#at, value: JSON.parse(text) as Json, children: [] };
  }

  #container(isObject: boolean): Node {
    const start = this.#at;
    const children: Child[] = [];
    this.#at += 1;
    for (;;) {
      this.#skipSpace();
      const next = this.#text[this.#at];
      if (next === "}" || next === "]") break;
      if (next === ",") {
        this.#at += 1;
        continue;
      }
      const childStart = this.#at;
      let key: string | null = null;
      if (isObject) {
        key = this.#value().value as string;
        this.#skipSpace();
        this.#at += 1;
        this.#skipSpace();
      }
      children.push({ key, start: childStart, node: this.#value() });
    }
    this.#at += 1;
    const value: Json = isObject
      ? Object.fromEntries(children.map((child) => [child.key, child.node.value]))
      : children.map((child) => child.node.value);
    return { start, end: this.#at, value, children };
  }
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Equal with the same order of keys: what is compared here was made from what it is compared to. */
function isSame(one: Json, other: Json): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** One indentation step: that of the first indented line, else two spaces. */
function indentUnit(text: string): string {
  return /\n([ \t]+)\S/.exec(text)?.[1] ?? "  ";
}

class Writer {
  readonly #text: string;
  readonly #unit: string;
  readonly #newline: string;

  constructor(text: string) {
    this.#text = text;
    this.#unit = indentUnit(text);
    this.#newline = text.includes("\r\n") ? "\r\n" : "\n";
  }

  /** The text of `value` where `node` stands, `depth` containers deep. */
  write(node: Node, value: Json, depth: number): string {
    if (isSame(node.value, value)) return this.#text.slice(node.start, node.end);
    if (isObject(node.value) && isObject(value)) return this.#object(node, value, depth);
    if (Array.isArray(node.value) && Array.isArray(value)) return this.#array(node, value, depth);
    return this.#fresh(value, depth, true);
  }

  #object(node: Node, value: JsonObject, depth: number): string {
    const items: Item[] = [];
    const known = new Set<string>();
    const last = new Map(node.children.map((child) => [child.key, child]));
    node.children.forEach((child, index) => {
      const key = child.key ?? "";
      known.add(key);
      const before = this.#before(node, index);
      if (last.get(child.key) !== child) {
        // Of several members of one name the last counts; the others are somebody's, and stay.
        items.push({ before, text: this.#text.slice(child.start, child.node.end) });
        return;
      }
      const wanted = Object.hasOwn(value, key) ? value[key] : undefined;
      if (wanted === undefined) return;
      const name = this.#text.slice(child.start, child.node.start);
      items.push({ before, text: name + this.write(child.node, wanted, depth + 1) });
    });
    const lead = this.#lead(node, depth);
    for (const [key, added] of Object.entries(value)) {
      if (known.has(key)) continue;
      const text = this.#fresh(added, depth + 1, lead.includes("\n"));
      items.push({ before: lead, text: `${JSON.stringify(key)}: ${text}` });
    }
    return this.#joined(node, items, depth, "{", "}");
  }

  #array(node: Node, value: Json[], depth: number): string {
    const items: Item[] = [];
    const lead = this.#lead(node, depth);
    let next = 0;
    for (const wanted of value) {
      const index = node.children.findIndex(
        (child, position) => position >= next && isSame(child.node.value, wanted),
      );
      const kept = node.children[index];
      if (kept === undefined) {
        items.push({ before: lead, text: this.#fresh(wanted, depth + 1, lead.includes("\n")) });
      } else {
        next = index + 1;
        const text = this.#text.slice(kept.start, kept.node.end);
        items.push({ before: this.#before(node, index), text });
      }
    }
    return this.#joined(node, items, depth, "[", "]");
  }

  /** The space between what comes before a child (a bracket, a comma) and the child. */
  #before(node: Node, index: number): string {
    const previous = node.children[index - 1];
    const from = previous === undefined ? node.start + 1 : previous.node.end;
    const gap = this.#text.slice(from, node.children[index]?.start);
    return gap.slice(gap.indexOf(",") + 1);
  }

  /** The space before a child that is added. */
  #lead(node: Node, depth: number): string {
    if (node.children.length > 0) return this.#before(node, node.children.length - 1);
    return this.#newline + this.#unit.repeat(depth + 1);
  }

  #joined(node: Node, items: Item[], depth: number, open: string, close: string): string {
    if (items.length === 0) return open + close;
    const last = node.children.at(-1);
    const trail =
      last === undefined
        ? this.#newline + this.#unit.repeat(depth)
        : this.#text.slice(last.node.end, node.end - 1);
    return open + items.map((item) => item.before + item.text).join(",") + trail + close;
  }

  #fresh(value: Json, depth: number, spread: boolean): string {
    if (!spread) return JSON.stringify(value);
    return JSON.stringify(value, null, this.#unit).replaceAll(
      "\n",
      this.#newline + this.#unit.repeat(depth),
    );
  }
}

interface Item {
  before: string;
  text: string;
}

/** `text` with the value `value`. `text` is valid JSON; what differs from it is written anew. */
export function editJson(text: string, value: JsonObject): string {
  const root = new Scanner(text).scan();
  const written = new Writer(text).write(root, value, 0);
  return text.slice(0, root.start) + written + text.slice(root.end);
}
