/** What the channels add to each item, as one score that can be compared between projects. */

import { type AskedQuery, bestOf, type Channel } from "./channels/channel.ts";

/** An item that was found. */
export interface Fused {
  id: number;
  /** From 0 to 1: how much of what was asked for it has. */
  score: number;
  /** Names of the channels that found it, in the order of their list. */
  channels: string[];
}

export class ScoreSum {
  readonly total = new Map<number, number>();
  readonly #channels = new Map<number, string[]>();

  /** Asks a channel, which sees what the others before it found. */
  add(channel: Channel, query: AskedQuery): void {
    for (const [n, score] of channel.score(query, this.total) ?? []) {
      if (score <= 0) continue;
      this.total.set(n, (this.total.get(n) ?? 0) + score);
      this.#channels.set(n, [...(this.#channels.get(n) ?? []), channel.name]);
    }
  }

  /** The best, best first. `most` is what an item would have that said nothing but the query. */
  best(most: number, limit: number): Fused[] {
    return bestOf(this.total, limit).map((id) => ({
      id,
      score: 1 - Math.exp(-(this.total.get(id) ?? 0) / most),
      channels: this.#channels.get(id) ?? [],
    }));
  }
}
