/** Where a query has filters only: what passes them, newest first. */
import { listItems } from "../../store/item-queries.ts";
import { CANDIDATES, type Channel } from "./channel.ts";

export const recency: Channel = {
  name: "recency",
  score({ view, parsed, filters, admit }) {
    if (parsed.terms.length > 0 || parsed.phrases.length > 0) return null;
    if (Object.keys(filters).length === 0) return null;
    // A list, as others: what was only done is found by its words, and stands in the timeline.
    const newest = listItems(view, { activity: false, ...filters }, null, CANDIDATES);
    const numbers = newest.map(({ n }) => n);
    const passing = admit === null ? numbers : admit(numbers);
    return new Map(passing.map((n, index) => [n, 1 / (1 + index)]));
  },
};
