/** A text of JSON of any length, taken as it arrives: head and tail are kept, the middle is counted. */

/** What is kept of one text, in bytes as they stand between the quotes; of its tail up to twice as much. */
const HEAD_MAX_BYTES = 30 * 1024;
const TAIL_BLOCK_BYTES = 15 * 1024;

/** Stands in a text for what is missing: NUL, `cut:` and how many characters, NUL. */
export const TEXT_CUT = /\0cut:(\d{1,9})\0/;

export const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;

const encoder = new TextEncoder();

/** Bytes that grow. */
export class Bytes {
  #bytes = new Uint8Array(0);
  length = 0;

  add(byte: number): void {
    this.#grow(1);
    this.#bytes[this.length++] = byte;
  }

  addAll(bytes: Uint8Array): void {
    this.#grow(bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  cutTo(length: number): void {
    this.length = length;
  }

  view(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  #grow(more: number): void {
    if (this.length + more <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.length + more, 64));
    larger.set(this.view());
    this.#bytes = larger;
  }
}

/** Texts, one after the other, as they stand between quotes: head, and the blocks that hold the tail. */
export class LongText {
  readonly #head = new Bytes();
  #before = new Bytes();
  #newest = new Bytes();
  /** Characters and escapes of each of the three, and of all. */
  #headUnits = 0;
  #beforeUnits = 0;
  #newestUnits = 0;
  #units = 0;
  /** Bytes that an escape or a character of several bytes still has. */
  #left = 0;
  #isEscaped = false;
  /** The unit that is being taken goes to the head. */
  #inHead = true;
  /** Nothing of it is kept: only its end is looked for. */
  #isLeftOut = false;

  /** Another text begins. */
  begin(isKept: boolean): void {
    for (const bytes of [this.#head, this.#before, this.#newest]) bytes.cutTo(0);
    this.#units = this.#headUnits = this.#beforeUnits = this.#newestUnits = 0;
    this.#left = 0;
    this.#isEscaped = false;
    this.#isLeftOut = !isKept;
  }

  /** Takes bytes from `from` on; answers where the closing quote is, or the length without one. */
  take(chunk: Uint8Array, from: number): number {
    let at = from;
    while (at < chunk.length) {
      const byte = chunk[at] ?? 0;
      if (this.#isEscaped) {
        this.#isEscaped = false;
        this.#left = byte === LETTER_U ? 4 : 0;
        this.#put(chunk, at, at + 1);
        at += 1;
      } else if (this.#left > 0 && byte !== QUOTE && byte !== BACKSLASH) {
        this.#left -= 1;
        this.#put(chunk, at, at + 1);
        at += 1;
      } else if (byte === QUOTE) {
        return at;
      } else {
        at = this.#unit(chunk, at, byte);
      }
    }
    return at;
  }

  /** One escape or character begins, or a run of plain ones. */
  #unit(chunk: Uint8Array, at: number, byte: number): number {
    this.#left = 0;
    if (byte === BACKSLASH) {
      this.#begin(1);
      this.#isEscaped = true;
      this.#put(chunk, at, at + 1);
      return at + 1;
    }
    if (byte >= 0x80) {
      this.#begin(1);
      this.#left = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : byte >= 0xc0 ? 1 : 0;
      this.#put(chunk, at, at + 1);
      return at + 1;
    }
    const room = this.#begin(0);
    const until = Math.min(chunk.length, at + room);
    let end = at + 1;
    while (end < until) {
      const next = chunk[end] ?? 0;
      if (next === QUOTE || next === BACKSLASH || next >= 0x80) break;
      end += 1;
    }
    this.#count(end - at);
    this.#put(chunk, at, end);
    return end;
  }

  /** Room for plain bytes where the next unit goes; there a new block begins where the last is full. */
  #begin(units: number): number {
    if (this.#head.length >= HEAD_MAX_BYTES && this.#newest.length >= TAIL_BLOCK_BYTES) {
      const reused = this.#before;
      this.#before = this.#newest;
      this.#beforeUnits = this.#newestUnits;
      this.#newest = reused;
      this.#newest.cutTo(0);
      this.#newestUnits = 0;
    }
    this.#inHead = this.#head.length < HEAD_MAX_BYTES && this.#newest.length === 0;
    this.#count(units);
    return this.#inHead
      ? HEAD_MAX_BYTES - this.#head.length
      : TAIL_BLOCK_BYTES - this.#newest.length;
  }

  #count(units: number): void {
    this.#units += units;
    if (this.#inHead) this.#headUnits += units;
    else this.#newestUnits += units;
  }

  #put(chunk: Uint8Array, from: number, to: number): void {
    if (this.#isLeftOut) return;
    const into = this.#inHead ? this.#head : this.#newest;
    if (to - from === 1) into.add(chunk[from] ?? 0);
    else into.addAll(chunk.subarray(from, to));
  }

  /** Writes what is kept, between quotes. */
  writeTo(out: Bytes): void {
    out.add(QUOTE);
    out.addAll(this.#head.view());
    const missing = this.#units - this.#headUnits - this.#beforeUnits - this.#newestUnits;
    if (missing > 0) out.addAll(encoder.encode(`\\u0000cut:${missing}\\u0000`));
    out.addAll(this.#before.view());
    out.addAll(this.#newest.view());
    out.add(QUOTE);
  }
}
