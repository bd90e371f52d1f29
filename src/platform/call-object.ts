/** Calls to Durable Objects, which are restarted now and then, above all by each deployment. */

/**
 * Calls an object, and once more with a fresh stub where the object was reset meanwhile: the old
 * stub stays broken. To be used for calls only that may arrive twice, because the first may have
 * been carried out before its answer was lost. `onReset` is told of the first failure.
 */
export async function callRepeatable<Stub, Answer>(
  makeStub: () => Stub,
  call: (stub: Stub) => Answer,
  onReset: (error: unknown) => void,
): Promise<Awaited<Answer>> {
  try {
    return await call(makeStub());
  } catch (error) {
    if (!isWorthRepeating(error)) throw error;
    onReset(error);
    return await call(makeStub());
  }
}

/**
 * True for an object that was reset or could not be reached for a moment. An overloaded one would
 * only get more to do. The properties are the platform's:
 * https://developers.cloudflare.com/durable-objects/best-practices/error-handling/. An object that
 * is aborted sets `durableObjectReset` without `retryable` (tried with workerd 1.20261117.1).
 */
export function isWorthRepeating(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  const { retryable, durableObjectReset, overloaded } = error as {
    retryable?: unknown;
    durableObjectReset?: unknown;
    overloaded?: unknown;
  };
  return overloaded !== true && (retryable === true || durableObjectReset === true);
}
