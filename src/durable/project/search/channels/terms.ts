/** Items that have the words, the more and the rarer the better (bm25). */
import { rankByTerms } from "../../store/search-index.ts";
import { CANDIDATES, type Channel } from "./channel.ts";

export const terms: Channel = {
  name: "terms",
  weight: 1,
  find({ view, match, filters }) {
    return match === null ? null : rankByTerms(view, match, filters, CANDIDATES);
  },
};
