/** Where a query has filters only: what passes them, newest first. */
import { listItems } from "../../store/item-queries.ts";
import { CANDIDATES, type Channel } from "./channel.ts";

export const recency: Channel = {
  name: "recency",
  weight: 1,
  // The order is all there is: nothing else has a say that could be outvoted.
  damping: 0,
  find({ view, parsed, filters }) {
    if (parsed.terms.length > 0 || parsed.phrases.length > 0) return null;
    if (Object.keys(filters).length === 0) return null;
    const excluded = parsed.excluded.map((word) => word.toLowerCase());
    // A list, as others: what was only done is found by its words, and stands in the timeline.
    return listItems(view, { activity: false, ...filters }, null, CANDIDATES)
      .filter((row) => {
        const text = JSON.stringify(row.content).toLowerCase();
        return !excluded.some((word) => text.includes(word));
      })
      .map(({ n }) => n);
  },
};
