/** Who asks, as the Worker proved it, and whose eyes a reading call looks through. */

import type { KeyScope } from "../contract/vocabulary.ts";

/** Who asks, as the authentication proved it. */
export interface Caller {
  team: string;
  /** Stamped as `actor` on what is recorded: the id in the text of all of their keys. */
  person: string;
  /** Id of the key that was sent, as lists of keys show it. Not secret. */
  key: string;
  scopes: readonly KeyScope[];
}

/**
 * Whose eyes a reading call looks through: plain data, because it crosses to the objects. Fields are
 * only added.
 */
export interface Reader {
  person: string;
}

/** The key stands in an agent's environment: what it is told is counted. */
export function isLimited({ scopes }: Caller): boolean {
  return !scopes.includes("full");
}

export function readerOf(caller: Caller): Reader {
  return { person: caller.person };
}
