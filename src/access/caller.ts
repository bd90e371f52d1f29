/** Who asks, as the Worker proved it, and whose eyes a reading call looks through. */

/** What a key may be used for. `full`: everything that its person may do. */
export type Scope = "full";

/** Who asks, as the authentication proved it. */
export interface Caller {
  team: string;
  /** Stamped as `actor` on what is recorded. Today the id of the key; an opaque text to everybody. */
  person: string;
  /** Id of the key that was sent: stored on events only. Not secret. */
  key: string;
  scopes: readonly Scope[];
}

/**
 * Whose eyes a reading call looks through: plain data, because it crosses to the objects. Fields are
 * only added.
 */
export interface Reader {
  person: string;
}

export function readerOf(caller: Caller): Reader {
  return { person: caller.person };
}
