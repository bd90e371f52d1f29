/**
 * How much of an event is kept, and how it is cut: once before redaction, to bound its cost, and
 * once after, to the final size. What the first cut left at its edges may be half a secret, which
 * no rule recognises; so a piece of each edge goes as well.
 */

import { TEXT_CUT } from "../platform/long-text.ts";

/** A field's head and tail together, in UTF-16 units, before redaction. */
export const FIELD_MAX_CHARS = 64 * 1024;
/** All fields of one event together; beyond it a field keeps `CROWDED_FIELD_CHARS`. */
export const EVENT_MAX_CHARS = 256 * 1024;
export const CROWDED_FIELD_CHARS = 1024;
/** An event's content as JSON, in UTF-8 bytes. */
export const EVENT_MAX_BYTES = 32 * 1024;
/** What goes on each side of the first cut. No single-line secret is longer. */
const CUT_EDGE_CHARS = 4 * 1024;
/** Levels of nested JSON; deeper ones are named, not kept. */
export const JSON_MAX_DEPTH = 24;
/** Entries of one array or object of a tool's input. */
export const JSON_MAX_ENTRIES = 200;
export const PATHS_MAX = 50;
export const PATH_MAX_CHARS = 500;

/** A text with its middle possibly gone: `cut` characters between head and tail. */
export interface CutText {
  head: string;
  tail: string;
  cut: number;
}

/** Takes the middle out of what is longer than `max`, or has lost its middle before. */
export function cutMiddle(text: string, max: number): CutText {
  const missing = text.includes("\0") ? TEXT_CUT.exec(text) : null;
  if (missing !== null) return cutAround(text, missing, max);
  if (text.length <= max) return { head: text, tail: "", cut: 0 };
  const half = Math.floor(max / 2);
  return {
    head: text.slice(0, half),
    tail: text.slice(text.length - half),
    cut: text.length - 2 * half,
  };
}

/** The same of a text of which only head and tail arrived. */
function cutAround(text: string, missing: RegExpExecArray, max: number): CutText {
  const half = Math.floor(max / 2);
  const before = text.slice(0, missing.index);
  const after = text.slice(missing.index + missing[0].length);
  const head = before.slice(0, half);
  const tail = after.slice(-half);
  const dropped = before.length - head.length + after.length - tail.length;
  return { head, tail, cut: Number(missing[1]) + dropped };
}

/** Drops the edges of a cut; `edge` is less where a field is short anyway. */
export function dropEdges(text: CutText): CutText {
  if (text.cut === 0) return text;
  const edge = Math.min(CUT_EDGE_CHARS, Math.floor(text.head.length / 2));
  const head = text.head.slice(0, Math.max(0, text.head.length - edge));
  const tail = text.tail.slice(edge);
  const dropped = text.head.length - head.length + text.tail.length - tail.length;
  return { head, tail, cut: text.cut + dropped };
}

/** The text in at most about `max` characters, with a note of how many are missing where. */
export function renderCut(text: CutText, max: number): string {
  const whole = text.head.length + text.tail.length;
  if (whole <= max && text.cut === 0) return text.head + text.tail;
  let { head, tail } = text;
  if (text.cut === 0) ({ head, tail } = cutMiddle(head + tail, max));
  else if (whole > max) {
    const half = Math.floor(max / 2);
    head = head.slice(0, half);
    tail = half === 0 ? "" : tail.slice(-half);
  }
  const missing = text.cut + whole - head.length - tail.length;
  return `${head.toWellFormed()}\n[… ${missing} characters cut …]\n${tail.toWellFormed()}`;
}

const encoder = new TextEncoder();
/** Most bytes that a UTF-16 unit is in UTF-8. */
const BYTES_PER_UNIT_MAX = 3;

/** True where a value as JSON in UTF-8 has at most `maxBytes`. */
export function fitsAsJson(value: unknown, maxBytes: number): boolean {
  const json = JSON.stringify(value);
  if (json.length * BYTES_PER_UNIT_MAX <= maxBytes) return true;
  return json.length <= maxBytes && encoder.encode(json).byteLength <= maxBytes;
}
