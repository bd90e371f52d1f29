/** Reciprocal rank fusion: several rankings become one, whatever their scores mean. */

/** One way of searching. Its ids stand best first. */
export interface Channel {
  name: string;
  weight: number;
  ids: readonly number[];
}

export interface Fused {
  id: number;
  score: number;
  /** Names of the channels that found it, in the order of the list. */
  channels: string[];
}

/**
 * Damps the lead of the first ranks; 60 in Cormack, Clarke and Buettcher, "Reciprocal Rank Fusion
 * outperforms Condorcet and individual Rank Learning Methods", SIGIR 2009.
 */
export const RRF_K = 60;

/** Best first; equal scores keep the order in which they were found. */
export function fuse(channels: readonly Channel[]): Fused[] {
  const fused = new Map<number, Fused>();
  for (const { name, weight, ids } of channels) {
    ids.forEach((id, rank) => {
      const entry = fused.get(id) ?? { id, score: 0, channels: [] };
      fused.set(id, entry);
      entry.score += weight / (RRF_K + rank + 1);
      entry.channels.push(name);
    });
  }
  return [...fused.values()].sort((a, b) => b.score - a.score);
}
