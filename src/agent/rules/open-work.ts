/**
 * What a session's earlier batches left open: failures that nothing has made pass yet, and changes
 * that nothing has proved yet. Plain JSON of bounded size, kept in the session's row and read by
 * nobody else: an unproved change is no knowledge, so it is not delivered before its outcome.
 */
export interface OpenWork {
  failures: OpenFailure[];
}

/** A command that failed and has not passed since. */
export interface OpenFailure {
  /** As the agent wrote it, shortened. */
  command: string;
  /** What it failed with. */
  message: string;
  /** What was tried since and did not make it pass, each in a few words. */
  attempts: string[];
  /** What the agent said of it, newest last. */
  words: string[];
  /** Event keys: the failing call first, then what was tried. */
  sources: string[];
}
