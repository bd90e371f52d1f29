/** Small pure functions over prose in any script: sentences, cutting at words, and what must not be retold. */

import { truncate } from "../../platform/truncate.ts";

/** Terminal colours: escape, bracket, numbers, `m`. */
const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]{0,12}m`, "g");

/** A terminal's output without its colours. */
export function withoutColours(text: string): string {
  return text.replace(COLOUR, "");
}

/** Cuts at a word boundary where one is near, and says so with an ellipsis. `max` in characters. */
export function shorten(text: string, max: number): string {
  const flat = text.replace(/\s+/g, " ").trim();
  if (flat.length <= max) return flat;
  const head = truncate(flat, max - 1);
  const space = head.lastIndexOf(" ");
  const kept = space > max * 0.6 ? head.slice(0, space) : head;
  return `${kept.replace(/[\s,;:.(–—-]{1,8}$/, "")}…`;
}

/** Characters of a line that are looked at: nothing that is shown is as long. */
const LINE_MAX = 1_000;

/** Markdown's signs off: emphasis, inline code ticks, links, list marks, leading emoji and marks. */
export function plain(line: string): string {
  return truncate(line, LINE_MAX)
    .replace(/^\s{0,40}(?:[-*+•]|\d{1,3}[.)])\s{1,4}/, "")
    .replace(/^#{1,6}\s{1,4}/, "")
    .replace(/\*{2}|__(?=\S)|`/g, "")
    .replace(/\[([^\]\n]{1,200})\]\([^)\n]{1,400}\)/g, "$1")
    .replace(/^\[[ xX]\]\s{1,2}/, "")
    .replace(/^(?:\p{Extended_Pictographic}|\u{FE0F}|[\s○◐●✓✗✔✖→▶►◦▪»]){1,8}(?!\d)/u, "")
    .replace(/\s+/g, " ")
    .trim();
}

/** The end of a sentence: a dot before a new sentence, not within a name or a version, or one of 。！？. */
const SENTENCE_END =
  /(?<!(?<![\p{L}\p{N}_])(?:e\.g|i\.e|etc|vs|cf|approx|z\.B|bzw))[.!?](?=\s+["'(`*[]?[\p{Lu}\p{Lo}\p{N}`])|[。！？…](?=\s|\p{L})|[.!?。！？]$/gu;

/** Sentences of a paragraph, at most `limit`. */
export function sentences(text: string, limit: number): string[] {
  const flat = text.replace(/\s+/g, " ").trim();
  const found: string[] = [];
  let start = 0;
  for (const end of flat.matchAll(SENTENCE_END)) {
    if (found.length >= limit) break;
    found.push(flat.slice(start, end.index + 1).trim());
    start = end.index + 1;
  }
  if (found.length < limit && start < flat.length) found.push(flat.slice(start).trim());
  return found.filter((sentence) => sentence !== "");
}

/** Where a sentence ends before one that begins with a small letter: not after an abbreviation. */
const SMALL_BEGINNING =
  /(?<=\p{L}{2}[.!?])(?<!(?<!\p{L})(?:etc|vs|cf|ca|eg|ie|resp|bzw|ggf|inkl|ej|nr|no|approx|incl)\.)\s+(?=\p{Ll})/iu;

/** Sentences as people type them: one may begin with a small letter, and each line is one by itself. */
export function spokenSentences(text: string, limit: number): string[] {
  return (
    text
      // A long line that goes on with a small letter was wrapped.
      .replace(/(?<=[^\n]{60})\n(?=\p{Ll})/gu, " ")
      .split(/\n+/)
      .flatMap((line) => sentences(line, limit))
      .flatMap((sentence) => sentence.split(SMALL_BEGINNING))
      .slice(0, limit)
  );
}

/**
 * True for text that tells its reader what to do. Memory is a record: what a file, a page or a
 * tool demanded of one agent must not reach the next one as a demand.
 */
export function looksLikeInstruction(text: string): boolean {
  return (
    /\b(?:ignore|disregard|forget)\b.{0,30}\b(?:previous|above|prior|instructions?|rules)\b/i.test(
      text,
    ) ||
    /\byou (?:must|should|shall|need to|have to|are (?:now|to|an?)\b)/i.test(text) ||
    /^(?:please|important|always|never|do not|don't|make sure|remember to|continue)\b/i.test(
      plain(text),
    ) ||
    /\bplease continue\b|\bsystem prompt\b|<\/?system|without asking the user/i.test(text)
  );
}

/** `a`, `a and b`, `a, b and 3 more`. */
export function listed(items: readonly string[], shown: number): string {
  if (items.length <= 1) return items[0] ?? "";
  if (items.length <= shown) return `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
  return `${items.slice(0, shown).join(", ")} and ${items.length - shown} more`;
}

/** First letter upper case, unless the word is a name with a case, dot or sign of its own. */
export function capitalised(text: string): string {
  const first = /^\S{1,80}/.exec(text)?.[0] ?? "";
  if (/[._/`\d:]|\p{Ll}\p{Lu}/u.test(first)) return text;
  const letter = String.fromCodePoint(text.codePointAt(0) ?? 32);
  return letter.toUpperCase() + text.slice(letter.length);
}

/** Ends with a full stop, unless it ends a sentence already. */
export function asSentence(text: string): string {
  return text === "" || /[.!?…。！？।؟۔]["')\]」』]?$/u.test(text)
    ? text
    : `${text.replace(/[:;,]$/, "")}.`;
}

/** As many of `parts`, each once and as a sentence, as fit into `max` characters; at least the first, cut. */
export function joined(parts: readonly string[], max: number): string {
  let text = "";
  for (const part of new Set(parts.filter((each) => each !== ""))) {
    const sentence = asSentence(part);
    if (text !== "" && text.length + sentence.length + 1 > max) continue;
    text += `${text === "" ? "" : " "}${sentence}`;
  }
  return shorten(text, max);
}

/** Lines that were wrapped at a width, joined again: each paragraph and each point on one line. */
export function unwrapped(text: string): string {
  const lines: string[] = [];
  let open = false;
  for (const line of text.split("\n")) {
    const begins = /^\s{0,40}(?:[-*+•]|\d{1,3}[.)])\s|^#{1,6}\s|^\s{0,8}(?:```|~~~|\|)/.test(line);
    const last = lines.at(-1);
    if (open && last !== undefined && !begins && line.trim() !== "") {
      lines[lines.length - 1] = `${last} ${line.trim()}`;
    } else lines.push(line);
    open = line.trim() !== "" && !/^#{1,6}\s|[:：]\s*$/.test(line);
  }
  return lines.join("\n");
}

/** True for a text whose words are mostly English ones. */
export function isEnglish(text: string): boolean {
  const words = text.match(/\p{L}+/gu) ?? [];
  const known = words.filter((word) =>
    /^(?:the|and|to|of|in|is|for|with|a|on|it|that|was|are|now|not|this|all|from|by|as)$/i.test(
      word,
    ),
  );
  return words.length > 0 && known.length / words.length > 0.08;
}
