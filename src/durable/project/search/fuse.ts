/** Reciprocal rank fusion: several rankings become one, whatever their scores mean. */

/** What one way of searching proposes. Its ids stand best first. */
export interface Proposal {
  name: string;
  weight: number;
  damping?: number;
  ids: readonly number[];
}

export interface Fused {
  id: number;
  /** At most 1: what the first of all proposals at once would have. */
  score: number;
  /** Names of the channels that found it, in the order of the list. */
  channels: string[];
}

/**
 * Damps the lead of the first ranks; 60 in Cormack, Clarke and Buettcher, "Reciprocal Rank Fusion
 * outperforms Condorcet and individual Rank Learning Methods", SIGIR 2009.
 */
const RRF_K = 60;

/** Best first; equal scores keep the order in which they were found. */
export function fuse(proposals: readonly Proposal[]): Fused[] {
  const fused = new Map<number, Fused>();
  let most = 0;
  for (const { name, weight, damping = RRF_K, ids } of proposals) {
    most += weight / (damping + 1);
    ids.forEach((id, rank) => {
      const entry = fused.get(id) ?? { id, score: 0, channels: [] };
      fused.set(id, entry);
      entry.score += weight / (damping + rank + 1);
      entry.channels.push(name);
    });
  }
  return [...fused.values()]
    .map((entry) => ({ ...entry, score: entry.score / most }))
    .sort((a, b) => b.score - a.score);
}
