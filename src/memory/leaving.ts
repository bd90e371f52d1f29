/** What a project says to whoever would write to it while it is merged into another, and after. */

const LEAVING = "project_leaving";

/** Nothing of it is taken: the caller asks again whose the name is, and tries there. */
export function leavingError(): Error {
  return new Error(LEAVING);
}

/** True for that error on either side of a call: its class is lost on the way. */
export function isLeaving(error: unknown): boolean {
  return error instanceof Error && error.message.includes(LEAVING);
}
