/**
 * How much memory a key may take out that stands in an agent's environment. Who found one could ask
 * in the name of a session for ever, so the session's object counts; in its own memory, because a
 * row for each answer would cost more than it protects.
 */
import { HOUR_MS } from "../../../platform/time.ts";

/** An agent at work gets one at its start, some with its prompts, some for files that it reads. */
const ANSWERS_PER_HOUR = 60;

/** Part of what answers a hook. */
export interface Telling {
  /** False: the key was told as much as it may be told in an hour. */
  mayTell?: false;
}

/** What an agent is about to be given. */
export interface Given {
  ids: string[];
  /** The project's newest number, where all is given that there is; else null. */
  until: number | null;
  /** It counts. Absent from callers of an older release. */
  limited?: boolean;
}

export class AnswerLimit {
  /** When the last answers with memory were given, ms, the oldest first. */
  #given: number[] = [];

  /** True where one more may be given at `now`. */
  isOpen(now: number): boolean {
    this.#given = this.#given.filter((at) => now - at < HOUR_MS);
    return this.#given.length < ANSWERS_PER_HOUR;
  }

  /** Counts an answer; false where it may not be given any more. */
  take(now: number): boolean {
    if (!this.isOpen(now)) return false;
    this.#given.push(now);
    return true;
  }
}
