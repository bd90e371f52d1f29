/** The fall-back: items that have words spelt like those that stand nowhere. */
import { rankByTerms } from "../../store/search-index.ts";
import { matchExpression, type Term } from "../query.ts";
import { CANDIDATES, type Channel } from "./channel.ts";

export const trigram: Channel = {
  name: "trigram",
  weight: 0.3,
  find({ view, parsed, filters, similar }) {
    const match = similar.size === 0 ? null : matchExpression(parsed, similarTerms(similar));
    return match === null ? null : rankByTerms(view, match, filters, CANDIDATES);
  },
};

/** The words that are searched in the place of others, each once. */
export function similarTerms(similar: ReadonlyMap<string, string[]>): Term[] {
  return [...new Set([...similar.values()].flat())].map((text) => ({ text, forms: [text] }));
}
