/** The fall-back: items that have words spelt like those that stand nowhere. */
import type { Channel } from "./channel.ts";
import { scoreTerms } from "./terms.ts";

const WEIGHT = 0.3;

export const trigram: Channel = {
  name: "trigram",
  score(query) {
    if (query.similar.known.length === 0) return null;
    const scores = scoreTerms(query, query.similar);
    return new Map([...scores].map(([n, score]) => [n, WEIGHT * score]));
  },
};
