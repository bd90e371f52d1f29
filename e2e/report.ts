/** The report that a run prints: what was done, what was seen, what was wrong. */
import { styleText } from "node:util";

export class Report {
  #failures = 0;

  step(title: string): void {
    console.log(`\n${styleText("bold", title)}`);
  }

  note(text: string): void {
    for (const line of text.trimEnd().split("\n")) console.log(styleText("dim", `  ${line}`));
  }

  check(claim: string, holds: boolean, otherwise = ""): void {
    if (holds) {
      console.log(`  ${styleText("green", "ok")}  ${claim}`);
      return;
    }
    this.#failures += 1;
    console.log(`  ${styleText("red", "NOT")} ${claim}${otherwise === "" ? "" : `: ${otherwise}`}`);
  }

  /** Exit code of the run. */
  end(): number {
    console.log(this.#failures === 0 ? "\nAll of it holds." : `\n${this.#failures} do not hold.`);
    return this.#failures === 0 ? 0 : 1;
  }
}
