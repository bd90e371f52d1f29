/** A value that an object has read off its rows, so that it need not be read again with each call. */
import type { Database } from "./database.ts";

/**
 * Reads the value when it is first asked for, and again after `forget` or after any transaction
 * of the database that was undone: what it remembers may then be of rows that no longer exist.
 */
export class Remembered<Value> {
  readonly #db: Pick<Database, "undone">;
  readonly #read: () => Value;
  #kept: { value: Value; undone: number } | null = null;

  constructor(db: Pick<Database, "undone">, read: () => Value) {
    this.#db = db;
    this.#read = read;
  }

  value(): Value {
    if (this.#kept?.undone !== this.#db.undone) {
      this.#kept = { value: this.#read(), undone: this.#db.undone };
    }
    return this.#kept.value;
  }

  /** Follows a change of the rows, where something is remembered: cheaper than reading again. */
  update(next: (value: Value) => Value): void {
    if (this.#kept?.undone === this.#db.undone) this.#kept.value = next(this.#kept.value);
  }

  forget(): void {
    this.#kept = null;
  }
}
