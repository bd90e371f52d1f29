/** How much words tell by their rarity, for whoever judges how well something fits. */

import type { View } from "../store/visible.ts";
import { Lookup } from "./lookup.ts";
import type { Term } from "./query.ts";

/** A word of this share of the items weighs the same in projects of any size from this one on. */
const SCALE_ITEMS = 1000;

/** How much words tell by their rarity (inverse document frequency) in the project. */
export function rarityIn(view: View): { of(term: Term): number; most: number } {
  const lookup = new Lookup(view.db);
  const { items } = lookup.totals;
  const scale = Math.min(items, SCALE_ITEMS);
  const weight = (found: number) => Math.log((scale + 1) / (found + 0.5));
  return {
    of: (term) => Math.max(0, weight((lookup.mostItems(term) * scale) / Math.max(1, items))),
    most: weight(0.5),
  };
}
