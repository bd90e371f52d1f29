/**
 * What of scoring was chosen on data, in one place, so that `npm run bench:recall` can choose it anew
 * without one of the sessions. Which data chose what: `docs/decisions/search-fusion.md`.
 */
export const WEIGHTS = {
  /**
   * An item that has a part of what the words weigh keeps this power of that part of its score: one that
   * says many of the words once is about the question, one that says one of them often is about that word.
   */
  coverage: 0.6,
  /** What was done, where nothing was learnt from it. */
  activity: 0.9,
  /** What was only done is lent less by its neighbours than what was learnt, */
  activityLent: 0.7,
  /** and what is searched by the words of its own events less than what has only its own. */
  indexedLent: 0.5,
  /** All of its events have been led to by better results. */
  told: 0.7,
};
