/**
 * JSON of any size in, the same JSON small enough to be held out: byte by byte as it arrives, so that
 * nothing is ever held whole. Of a long text head and tail are kept, with a mark of how much is
 * missing; where everything together is too much, what comes later is left out.
 */

import { inTime } from "./in-time.ts";
import { Bytes, LongText, QUOTE } from "./long-text.ts";

/** All that is kept; a value that begins before it ends is kept. */
export const SIEVE_MAX_BYTES = 1024 * 1024;
/** Of a body that is too large so much more is read and thrown away. */
const DISCARD_MAX_BYTES = 32 * 1024 * 1024;
/** Deeper values are left out: nothing that is kept of an event is nested as deep. */
const DEPTH_MAX = 64;
/** Longest name of a member, and longest number. */
const NAME_MAX_BYTES = 1024;
/** Values that may follow one another, as lines of JSON. */
const VALUES_MAX = 10;

const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const NEWLINE = 0x0a;

/** What may come next in an object, an array, or between values. */
type Expected = "name or end" | "name" | "colon" | "value or end" | "value" | "comma or end";

interface Container {
  /** The byte that ends it. */
  close: number;
  expects: Expected;
  /** Name of the member whose value comes, with its quotes; null where it is too long to be kept. */
  name: Uint8Array | null;
  /** A member of it was kept. */
  hasKept: boolean;
  /** It is written; what is left out is only followed. */
  kept: boolean;
}

const NULL = new TextEncoder().encode("null");

/** What a body of JSON came to: its values, as a rule one, or why there is none. */
export type Sieved = { values: unknown[] } | { fault: SieveFault };

/** What several values are read as: their list; one is read as itself. */
export function onlyOrAll(values: readonly unknown[]): unknown {
  const [first, ...others] = values;
  return others.length === 0 ? first : values;
}

export type SieveFault = "not_json" | "empty_body" | "too_large" | "incomplete_body";

/**
 * What `body` holds, as much of it as is kept. Of a body above `maxBytes` nothing is; one that breaks
 * off or comes too slowly is `incomplete_body`. Never throws.
 */
export async function sieveStream(
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
): Promise<Sieved> {
  const sieve = new JsonSieve();
  let bytes = 0;
  try {
    for await (const chunk of inTime(body)) {
      bytes += chunk.byteLength;
      // Read on for a while all the same: who still sends would not see the answer.
      if (bytes <= maxBytes) sieve.push(chunk);
      else if (bytes > maxBytes + DISCARD_MAX_BYTES) break;
    }
  } catch {
    return { fault: "incomplete_body" };
  }
  return bytes > maxBytes ? { fault: "too_large" } : sieve.end();
}

export class JsonSieve {
  readonly #out = new Bytes();
  readonly #open: Container[] = [];
  /** The text that is being taken, if one is. */
  readonly #text = new LongText();
  #isInText = false;
  /** It is a member's name. */
  #isName = false;
  /** The number or word that is being taken, if one is. */
  readonly #word = new Bytes();
  #isInWord = false;
  #values = 0;
  #broken = false;
  /** Depth of what is deeper than is followed one by one. */
  #tooDeep = 0;

  /** Takes the next bytes of the body. */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length && !this.#broken) {
      if (this.#isInText) {
        at = this.#text.take(chunk, at);
        if (at < chunk.length) {
          this.#endText();
          at += 1;
        }
        continue;
      }
      this.#byte(chunk[at] ?? 0);
      at += 1;
    }
  }

  /** What is kept of the whole body, after its last byte. */
  end(): Sieved {
    this.#endWord();
    if (this.#isInText || this.#open.length > 0 || this.#tooDeep > 0) this.#broken = true;
    if (this.#broken) return { fault: "not_json" };
    if (this.#values === 0) return { fault: "empty_body" };
    try {
      // Line breaks stand between values only.
      const values = this.#decoded().split("\n");
      return { values: values.map((value) => JSON.parse(value) as unknown) };
    } catch {
      return { fault: "not_json" };
    }
  }

  /**
   * What is known so far of the one object that began: what is not at its end yet is left out. Null
   * where none began, or it is over. Nothing may be pushed afterwards.
   */
  soFar(): unknown {
    if (this.#broken || this.#open[0]?.close !== CLOSE_OBJECT) return null;
    for (const { close, kept } of this.#open.toReversed()) if (kept) this.#out.add(close);
    try {
      return JSON.parse(this.#decoded()) as unknown;
    } catch {
      return null;
    }
  }

  #decoded(): string {
    return new TextDecoder().decode(this.#out.view());
  }

  #byte(byte: number): void {
    if (isBlank(byte)) {
      this.#endWord();
    } else if (byte === QUOTE) {
      this.#endWord();
      this.#beginText();
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      this.#endWord();
      this.#beginContainer(byte === OPEN_OBJECT);
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      this.#endWord();
      this.#endContainer(byte);
    } else if (byte === COMMA) {
      this.#endWord();
      this.#comma();
    } else if (byte === COLON) {
      this.#endWord();
      this.#expect("colon", "value");
    } else if (!isMark(byte)) {
      this.#wordByte(byte);
    }
  }

  get #inner(): Container | undefined {
    return this.#open.at(-1);
  }

  #expect(now: Expected, next: Expected): void {
    if (this.#tooDeep > 0) return;
    const inner = this.#inner;
    if (inner?.expects !== now) this.#broken = true;
    else inner.expects = next;
  }

  #comma(): void {
    this.#expect("comma or end", this.#inner?.close === CLOSE_OBJECT ? "name" : "value");
  }

  #beginText(): void {
    this.#isInText = true;
    const expects = this.#tooDeep > 0 ? undefined : this.#inner?.expects;
    this.#isName = expects === "name" || expects === "name or end";
    if (!this.#isName) this.#checkValue();
    this.#text.begin(this.#tooDeep === 0 && this.#isKept());
  }

  #endText(): void {
    this.#isInText = false;
    if (this.#tooDeep > 0) return;
    const inner = this.#inner;
    if (this.#isName && inner !== undefined) {
      inner.name = this.#isKept() ? this.#name() : null;
      inner.expects = "colon";
      return;
    }
    if (this.#beginValue()) this.#text.writeTo(this.#out);
    this.#endValue();
  }

  /** The text as a member's name; null where it is too long for one. */
  #name(): Uint8Array | null {
    const name = new Bytes();
    this.#text.writeTo(name);
    return name.length > NAME_MAX_BYTES ? null : name.view();
  }

  /** True where there is room for another value of the inner container. */
  #isKept(): boolean {
    return (this.#inner?.kept ?? true) && this.#out.length < SIEVE_MAX_BYTES;
  }

  #wordByte(byte: number): void {
    if (this.#tooDeep > 0) return;
    if (!this.#isInWord) {
      this.#isInWord = true;
      this.#word.cutTo(0);
      this.#checkValue();
    }
    if (this.#word.length <= NAME_MAX_BYTES) this.#word.add(byte);
  }

  #endWord(): void {
    if (!this.#isInWord) return;
    this.#isInWord = false;
    const word = this.#word;
    // A number without end is none that anybody reads.
    if (this.#beginValue()) this.#out.addAll(word.length > NAME_MAX_BYTES ? NULL : word.view());
    this.#endValue();
  }

  #beginContainer(isObject: boolean): void {
    if (this.#tooDeep > 0 || this.#open.length >= DEPTH_MAX) {
      if (this.#tooDeep === 0) {
        this.#checkValue();
        if (this.#beginValue()) this.#out.addAll(NULL);
      }
      this.#tooDeep += 1;
      return;
    }
    this.#checkValue();
    const kept = this.#beginValue();
    if (kept) this.#out.add(isObject ? OPEN_OBJECT : OPEN_ARRAY);
    this.#open.push({
      close: isObject ? CLOSE_OBJECT : CLOSE_ARRAY,
      expects: isObject ? "name or end" : "value or end",
      name: null,
      hasKept: false,
      kept,
    });
  }

  #endContainer(byte: number): void {
    if (this.#tooDeep > 0) {
      this.#tooDeep -= 1;
      if (this.#tooDeep === 0) this.#endValue();
      return;
    }
    const inner = this.#open.pop();
    const mayEnd =
      inner?.expects === "comma or end" ||
      inner?.expects === "name or end" ||
      inner?.expects === "value or end";
    if (inner?.close !== byte || !mayEnd) {
      this.#broken = true;
      return;
    }
    if (inner.kept) this.#out.add(byte);
    this.#endValue();
  }

  /** A value may begin here. */
  #checkValue(): void {
    if (this.#tooDeep > 0) return;
    const expects = this.#inner?.expects;
    if (expects === undefined) this.#broken ||= this.#values >= VALUES_MAX;
    else if (expects !== "value" && expects !== "value or end") this.#broken = true;
  }

  /** Writes what stands in front of a value; false where the value is left out. */
  #beginValue(): boolean {
    const inner = this.#inner;
    if (inner === undefined) {
      if (this.#values > 0) this.#out.add(NEWLINE);
      return true;
    }
    const isMember = inner.close === CLOSE_OBJECT;
    if (!this.#isKept()) return false;
    if (isMember && inner.name === null) return false;
    if (inner.hasKept) this.#out.add(COMMA);
    inner.hasKept = true;
    if (isMember && inner.name !== null) {
      this.#out.addAll(inner.name);
      this.#out.add(COLON);
    }
    return true;
  }

  #endValue(): void {
    const inner = this.#inner;
    if (inner === undefined) this.#values += 1;
    else inner.expects = "comma or end";
  }
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === NEWLINE || byte === 0x0d || byte === 0x09;
}

/** A byte of UTF-8's byte order mark, which some clients send first. */
function isMark(byte: number): boolean {
  return byte === 0xef || byte === 0xbb || byte === 0xbf;
}
