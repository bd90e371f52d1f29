/** Words near each other in the query, near each other in the text, in any order. */

import { COLUMN_SIZE, type ItemFacts, type Places } from "../../store/postings.ts";
import { saturated } from "../bm25.ts";
import { idfOf, type KnownTerm } from "../lookup.ts";
import type { Channel } from "./channel.ts";

/** A word of the query is paired with so many that follow it. */
const FOLLOWING = 3;
/** In the same sentence or so: words of the text from one to the other. */
const NEAR = 8;
/** Side by side, as they were asked. */
const SIDE = 2;
/** In a short item words are near each other anyway: one of so many words counts half. */
const SHORT_WORDS = 300;
/** In a long one they meet by chance: one of so many words counts half, too. */
const LONG_WORDS = 500;

export const near: Channel = {
  name: "near",
  score({ words: { known, totals }, facts }, soFar) {
    const single = known.filter((term): term is KnownTerm & { places: Places } => {
      return term.hasPositions && term.places !== null && !term.text.includes(" ");
    });
    if (single.length < 2) return null;
    const items = facts([...soFar.keys()]);
    const scores = new Map<number, number>();
    single.forEach((term, index) => {
      for (const [ahead, other] of single.slice(index + 1, index + 1 + FOLLOWING).entries()) {
        for (const distance of ahead === 0 ? [NEAR, SIDE] : [NEAR]) {
          const found = new Map<number, number>();
          for (const { n } of items) {
            const count = meetings(term.places.get(n), other.places.get(n), distance);
            if (count > 0) found.set(n, count);
          }
          // How rare it is that the two meet, not how rare they are.
          const weight = idfOf(totals, found.size);
          for (const item of items) {
            const count = found.get(item.n);
            if (count === undefined) continue;
            const score = weight * telling(item) * saturated(count, item, totals);
            scores.set(item.n, (scores.get(item.n) ?? 0) + score);
          }
        }
      }
    });
    return scores;
  },
};

/** How much it tells that words are near each other, by the item's length. */
function telling({ words }: ItemFacts): number {
  return (words / (words + SHORT_WORDS)) * (LONG_WORDS / (words + LONG_WORDS));
}

/** How many of the first places have one of the second within the distance, in the same column. */
function meetings(
  places: readonly number[] | undefined,
  others: readonly number[] | undefined,
  distance: number,
): number {
  if (places === undefined || others === undefined) return 0;
  return places.filter((place) =>
    others.some(
      (other) =>
        Math.abs(other - place) <= distance &&
        Math.floor(other / COLUMN_SIZE) === Math.floor(place / COLUMN_SIZE),
    ),
  ).length;
}
