/** How often something may happen in a minute, counted by one isolate in its memory. */

const MINUTE_MS = 60_000;

export class MinuteLimit {
  readonly #max: number;
  #until = 0;
  #taken = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Counts one more at `now`; false where that is one too many. */
  take(now: number): boolean {
    if (now >= this.#until) {
      this.#until = now + MINUTE_MS;
      this.#taken = 0;
    }
    this.#taken += 1;
    return this.#taken <= this.#max;
  }
}
