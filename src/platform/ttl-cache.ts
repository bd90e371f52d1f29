/** A small cache of an isolate: bounded, and nothing in it outlives its time. */

export class TtlCache<Value> {
  readonly #entries = new Map<string, { value: Value; until: number }>();
  readonly #maxEntries: number;
  readonly #lifetimeMs: number;

  constructor(maxEntries: number, lifetimeMs: number) {
    this.#maxEntries = maxEntries;
    this.#lifetimeMs = lifetimeMs;
  }

  /** The value, or undefined where there is none or it is too old at `now`. */
  get(key: string, now: number): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (now < entry.until) return entry.value;
    this.#entries.delete(key);
    return undefined;
  }

  /** Nothing is known any more: what stood here was changed. */
  clear(): void {
    this.#entries.clear();
  }

  /** Keeps the value from `now` on; the oldest entry makes room where there is none. */
  set(key: string, value: Value, now: number): void {
    this.#entries.delete(key);
    if (this.#entries.size >= this.#maxEntries) {
      const oldest = this.#entries.keys().next();
      if (!oldest.done) this.#entries.delete(oldest.value);
    }
    this.#entries.set(key, { value, until: now + this.#lifetimeMs });
  }
}
