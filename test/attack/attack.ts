/** What the parts of `npm run attack` share: a server to attack, and what came of it. */

/** The server that is attacked, with a key that may do everything. */
export interface Target {
  url: string;
  key: string;
}

/** A table: its head, its rows, and what should not have happened. */
export interface AttackReport {
  title: string;
  head: readonly string[];
  rows: readonly (readonly string[])[];
  /** One line for each request that got through; empty where all held. */
  misses: readonly string[];
}

/** Sends its requests. What it resolves with looks at the server's files once the server has stopped. */
export type Attack = (target: Target) => Promise<(state: string) => AttackReport[]>;
