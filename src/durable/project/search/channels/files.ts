/** Items of a file whose path the query names. */
import { rankByTerms } from "../../store/search-index.ts";
import { quoteMatch } from "../query.ts";
import { CANDIDATES, type Channel, restrictMatch } from "./channel.ts";

export const files: Channel = {
  name: "files",
  weight: 0.5,
  find({ view, parsed, filters, match }) {
    if (match === null || parsed.paths.length === 0) return null;
    const paths = parsed.paths.map((path) => `files : ${quoteMatch(path)}`).join(" OR ");
    return rankByTerms(view, restrictMatch(parsed, paths), filters, CANDIDATES);
  },
};
