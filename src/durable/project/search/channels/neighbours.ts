/**
 * What stands next to something in the same session belongs to it: a short item that has some of the
 * words is lent of what its neighbours score. In conversations of short turns this finds ten points
 * more of those that answer than words and proximity alone.
 */
import type { ItemFacts } from "../../store/postings.ts";
import { WEIGHTS } from "../weights.ts";
import type { Channel } from "./channel.ts";

/** What is lent, by how far apart the numbers are. */
const SHARES = new Map([
  [-2, 0.25],
  [-1, 0.5],
  [1, 0.5],
  [2, 0.25],
]);
/** An item of so many shown words is lent 1/e of it, one of twice as many nearly nothing. */
const SHORT_WORDS = 120;

export const neighbours: Channel = {
  name: "neighbours",
  score({ facts }, soFar) {
    if (soFar.size < 2) return null;
    // What has none of the words is not found by its neighbours alone: nobody would see why.
    const items = facts([...soFar.keys()]);
    const byNumber = new Map(items.map((item) => [item.n, item]));
    const scores = new Map<number, number>();
    for (const item of items) {
      let lent = 0;
      for (const [by, share] of SHARES) {
        const other = byNumber.get(item.n + by);
        if (other?.session === item.session) lent += share * (soFar.get(other.n) ?? 0);
      }
      const score = lent * shortness(item);
      if (score > 0) scores.set(item.n, score);
    }
    return scores;
  },
};

function shortness({ shownWords, indexWords, activity }: ItemFacts): number {
  const share = (activity ? WEIGHTS.activityLent : 1) * (indexWords > 0 ? WEIGHTS.indexedLent : 1);
  return Math.exp(-((shownWords / SHORT_WORDS) ** 2)) * share;
}
