import type { DraftOpenPoint } from "../../memory/observation.ts";
import type { ClosedPoint, KnownOpenPoint } from "../provider.ts";
import { saysPoint } from "./open-points.ts";

/** The project's open points through one batch: which are known, which it closes, which it adds. */
export class BatchPoints {
  readonly added: DraftOpenPoint[] = [];
  readonly known: readonly KnownOpenPoint[];
  readonly #closes = new Map<number, string>();

  constructor(known: readonly KnownOpenPoint[]) {
    this.known = known;
  }

  /** The known points that are closed, each with its last proof. */
  closed(): ClosedPoint[] {
    return [...this.#closes].map(([index, proof]) => ({ index, proof }));
  }

  close(points: readonly ClosedPoint[]): void {
    for (const { index, proof } of points) this.#closes.set(index, proof);
  }

  /** Closes the known points that are `done`; `proof` is the key of the event that shows it. */
  closeWhere(done: (point: KnownOpenPoint) => boolean, proof: string): void {
    this.close(this.known.flatMap((point, index) => (done(point) ? [{ index, proof }] : [])));
  }

  /** Adds a point, unless an open one says the same. */
  open(text: string, sources: string[]): void {
    const open = [...this.known.filter((_, index) => !this.#closes.has(index)), ...this.added];
    if (open.some((point) => saysPoint(text, point.text) && saysPoint(point.text, text))) return;
    this.added.push({ text, sources });
  }
}
