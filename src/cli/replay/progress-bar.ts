/** A line that shows how far a long job is: redrawn on a terminal, a few plain lines elsewhere. */

const BAR_CHARS = 30;
const REDRAW_MS = 50;
/** Elsewhere than on a terminal: a line for each quarter. */
const PLAIN_STEPS = 4;

export class ProgressBar {
  readonly #label: string;
  readonly #total: number;
  readonly #stream: NodeJS.WriteStream;
  #done = 0;
  #drawnAt = 0;
  #plainStep = 0;

  constructor(label: string, total: number, stream: NodeJS.WriteStream = process.stderr) {
    this.#label = label;
    this.#total = total;
    this.#stream = stream;
  }

  step(): void {
    this.#done += 1;
    if (!this.#stream.isTTY) {
      const reached = Math.floor((this.#done * PLAIN_STEPS) / this.#total);
      if (reached > this.#plainStep) {
        this.#plainStep = reached;
        this.#stream.write(`${this.#label} ${this.#done}/${this.#total}\n`);
      }
      return;
    }
    const now = Date.now();
    if (now - this.#drawnAt < REDRAW_MS && this.#done < this.#total) return;
    this.#drawnAt = now;
    const filled = Math.round((BAR_CHARS * this.#done) / this.#total);
    const bar = "█".repeat(filled).padEnd(BAR_CHARS, "░");
    this.#stream.write(`\r\x1b[2K${this.#label} ${bar} ${this.#done}/${this.#total}`);
  }

  /** Says something without spoiling the bar. */
  note(text: string): void {
    this.#stream.write(`${this.#stream.isTTY ? "\r\x1b[2K" : ""}${text}\n`);
  }

  end(): void {
    if (this.#stream.isTTY) this.#stream.write("\n");
  }
}
