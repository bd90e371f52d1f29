/** When to try again: pure arithmetic. */

/** Attempts of a batch before its events become dead letters. */
export const MAX_ATTEMPTS = 3;

/** Ceiling of the first delay, doubled with each attempt: three have to outlive a short outage. */
const BACKOFF_BASE_MS = 30_000;
/** No ceiling is higher. */
const BACKOFF_CAP_MS = 5 * 60_000;
/** Delay of the first recovery alarm, doubled with each recovery in a row. */
const RECOVERY_BASE_MS = 30_000;
/** No recovery alarm is later. */
const RECOVERY_CAP_MS = 6 * 60 * 60_000;
/** A provider that asks for more than a day is asked again after a day. */
const RETRY_AFTER_CAP_MS = 24 * 60 * 60_000;

/**
 * Full-jitter exponential back-off: a random delay between 0 and base * 2^(attempts - 1), capped.
 * @param attempts failed attempts so far, from 1
 * @param random a number in [0, 1)
 */
export function backoffMs(attempts: number, random: number): number {
  const ceiling = Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** Math.max(0, attempts - 1));
  return Math.floor(ceiling * random);
}

/** Least delay of a call to another object of ours: jitter near zero would be a busy loop. */
const DELIVERY_BACKOFF_MIN_MS = 1_000;

/** Back-off of a call to another object of ours: like `backoffMs`, but at least a second. */
export function deliveryBackoffMs(failures: number, random: number): number {
  return Math.max(DELIVERY_BACKOFF_MIN_MS, backoffMs(failures, random));
}

/** What a provider's `retry-after` asks for, within reason. */
export function retryAfterMs(asked: number | null): number {
  return Math.min(Math.max(asked ?? 0, 0), RETRY_AFTER_CAP_MS);
}

/**
 * Delay of the alarm that is armed before any work, so that a crash cannot strand it. It doubles
 * with each recovery in a row that made no progress: a fault in the code must not become a bill.
 */
export function recoveryMs(recoveriesInARow: number): number {
  return Math.min(RECOVERY_CAP_MS, RECOVERY_BASE_MS * 2 ** Math.min(recoveriesInARow, 20));
}
