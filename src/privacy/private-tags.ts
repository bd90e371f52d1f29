/**
 * What a person marked as private, and what agents inject into their own transcripts, is taken out
 * before anything is stored. One pass over the tags: linear in the text whatever stands in it.
 */

import { TEXT_CUT } from "../platform/long-text.ts";

/** The tags around the context that Cairn gives an agent; taken out again when an agent echoes it. */
export const CONTEXT_OPEN_TAG = "<cairn-memory>";
export const CONTEXT_CLOSE_TAG = "</cairn-memory>";

const PRIVATE_TAG = "private";

/** Blocks that are removed: what is private, system reminders, our own context and a peer's. */
const REMOVED_TAGS = [
  PRIVATE_TAG,
  "system-reminder",
  "cairn-memory",
  "claude-mem-context",
] as const;

/** Longest run of attributes inside a tag. */
const TAG = new RegExp(`<(/?)\\s{0,8}(${REMOVED_TAGS.join("|")})(?=[\\s>/])([^<>]{0,1000})>`, "gi");
const VISIBLE = /[^\s\p{C}]/u;

export interface StripOptions {
  /** Prompts only: an unclosed `<private>` hides all that follows. */
  unclosed: boolean;
}

export interface Stripped {
  text: string;
  /** True where anything was taken out. */
  removed: boolean;
  /** True where a `<private>` block was among it. */
  privateRemoved: boolean;
}

interface Range {
  start: number;
  end: number;
  tag: string;
}

/** Takes out every private and injected block, nested ones with the outermost. */
export function stripPrivate(text: string, options: StripOptions): Stripped {
  const ranges = text.includes("<") ? blocks(text, options) : [];
  if (ranges.length === 0) return { text, removed: false, privateRemoved: false };
  let kept = "";
  let position = 0;
  for (const range of ranges) {
    if (range.start > position) kept += text.slice(position, range.start);
    position = Math.max(position, range.end);
  }
  return {
    text: kept + text.slice(position),
    removed: true,
    privateRemoved: ranges.some((range) => range.tag === PRIVATE_TAG),
  };
}

/**
 * The same of a text of which only head and tail arrived (`TEXT_CUT`): what was opened before the
 * missing middle may be closed in it, and what is closed after it may be opened there.
 */
export function stripPrivateAround(text: string, options: StripOptions): Stripped {
  const missing = text.includes("\0") ? TEXT_CUT.exec(text) : null;
  if (missing === null) return stripPrivate(text, options);
  const head = stripPrivate(text.slice(0, missing.index), { unclosed: true });
  const after = text.slice(missing.index + missing[0].length);
  const closes = CLOSING.test(after);
  const tail = stripPrivate(closes ? `<${PRIVATE_TAG}>${after}` : after, options);
  return {
    text: head.text + missing[0] + tail.text,
    removed: head.removed || tail.removed,
    privateRemoved: head.privateRemoved || tail.privateRemoved,
  };
}

const CLOSING = new RegExp(`</\\s{0,8}${PRIVATE_TAG}[\\s>]`, "i");

/** True for a prompt that is private as a whole: nothing visible is left of it. */
export function isPrivatePrompt(text: string): boolean {
  const stripped = stripPrivateAround(text, { unclosed: true });
  return stripped.privateRemoved && !VISIBLE.test(stripped.text.replace(TEXT_CUT, ""));
}

interface OpenBlock {
  start: number;
  depth: number;
  /** End of the newest closing tag inside, or -1. */
  lastClose: number;
}

/** The blocks of all tags in order of their start; blocks of different tags may overlap. */
function blocks(text: string, options: StripOptions): Range[] {
  const open = new Map<string, OpenBlock>();
  const found: Range[] = [];
  for (const match of text.matchAll(TAG)) {
    const tag = (match[2] ?? "").toLowerCase();
    const end = match.index + match[0].length;
    const block = open.get(tag);
    if (match[1] === "/") {
      if (block === undefined) continue;
      block.depth -= 1;
      block.lastClose = end;
      if (block.depth > 0) continue;
      found.push({ start: block.start, end, tag });
      open.delete(tag);
    } else if (!match[3]?.trimEnd().endsWith("/")) {
      if (block === undefined) open.set(tag, { start: match.index, depth: 1, lastClose: -1 });
      else block.depth += 1;
    }
  }
  for (const [tag, block] of open) {
    if (options.unclosed && tag === PRIVATE_TAG) {
      found.push({ start: block.start, end: text.length, tag });
    } else if (block.lastClose >= 0) {
      // More were opened than closed: rather too much goes than something private stays.
      found.push({ start: block.start, end: block.lastClose, tag });
    }
  }
  return found.sort((a, b) => a.start - b.start);
}
