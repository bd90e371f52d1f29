/** What the channels add to each item, as one score that can be compared between projects. */

import { type AskedQuery, bestOf, type Channel } from "./channels/channel.ts";

/** An item that was found. */
export interface Fused {
  id: number;
  /** From 0 to 1: how much of what was asked for it has. */
  score: number;
  /** Names of the channels that found it, in the order of their list. */
  channels: string[];
  /** Places of the phrasings that found it, from 1. */
  phrasings: number[];
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
      phrasings: [1],
    }));
  }
}

/**
 * What several phrasings of one question found, best first: their scores mean the same, so their
 * mean says how much of all that was asked an item has.
 */
export function fusePhrasings(answers: readonly Fused[][]): Fused[] {
  const [only, ...others] = answers;
  if (only !== undefined && others.length === 0) return only;
  const fused = new Map<number, Fused>();
  answers.forEach((answer, index) => {
    for (const { id, score, channels } of answer) {
      const known = fused.get(id) ?? { id, score: 0, channels: [], phrasings: [] };
      fused.set(id, known);
      known.score += score / answers.length;
      known.channels = [...new Set([...known.channels, ...channels])];
      known.phrasings.push(index + 1);
    }
  });
  return [...fused.values()].sort((a, b) => b.score - a.score || b.id - a.id);
}
