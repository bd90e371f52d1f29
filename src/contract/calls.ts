/**
 * How objects are called: with one record, after the reader where the answer can reach a caller.
 * During a deployment one release's Worker calls another release's objects, so fields are only
 * ever added to a record, and an object leaves alone what it does not know.
 */

/** The record of a call that has no fields yet. */
export type NoFields = Record<never, never>;
