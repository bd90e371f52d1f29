/** Filters inside a query: `type:bugfix`. One is a filter only where its value can be; else it is a word. */

import type { Filters } from "../../../contract/params.ts";
import { CONCEPTS, ITEM_KINDS, OBSERVATION_TYPES } from "../../../contract/vocabulary.ts";
import { parseTime } from "../../../platform/time.ts";
import { wordsOf } from "./words.ts";

/** Takes `name:value` into `filters`; false where it is none. */
export function readFilter(filters: Filters, name: string, value: string, now: number): boolean {
  switch (name) {
    case "type":
      return takeOneOf(filters, name, OBSERVATION_TYPES, value);
    case "concept":
      return takeOneOf(filters, name, CONCEPTS, value);
    case "kind":
      return takeOneOf(filters, name, ITEM_KINDS, value);
    case "file":
    case "session":
    case "branch":
    case "actor":
      if (!CAN_BE[name](value)) return false;
      filters[name] = value;
      return true;
    case "since":
    case "until": {
      const time = value === "" ? null : parseTime(value, now, name === "until" ? "end" : "start");
      if (time === null) return false;
      filters[name] = time;
      return true;
    }
    default:
      return false;
  }
}

/** What a value must look like; a word of a sentence (`session: expired,`) does not. */
const CAN_BE = {
  // `file:///home/u/log.txt` is an address.
  file: (value: string) => wordsOf(value).length > 0 && !value.startsWith("//"),
  // A session is named by its agent's id, with the agent or without.
  session: (value: string) => /^[\w@.:-]+(?:\/[\w@.:-]+)?$/.test(value) && endsInWord(value),
  // https://git-scm.com/docs/git-check-ref-format
  branch: (value: string) =>
    !/\.\.|@\{|\/\/|[\s~^:?*[\\\p{Cc}]|^[-/.]|\.lock$/u.test(value) && endsInWord(value),
  actor: (value: string) => /^[^\s/,;()]+$/u.test(value) && endsInWord(value),
};

function endsInWord(value: string): boolean {
  return /[\p{L}\p{N}\p{M}_]$/u.test(value);
}

function takeOneOf(
  filters: Filters,
  name: "type" | "concept" | "kind",
  values: readonly string[],
  value: string,
): boolean {
  const known = values.includes(value.toLowerCase());
  if (known) filters[name] = value.toLowerCase();
  return known;
}
