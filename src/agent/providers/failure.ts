/** Tells the troubles of APIs apart, by what has to be done next. */
import type { FailureKind } from "../provider.ts";

/** Longest wait that is taken from a provider's word; more is a mistake or a refusal. */
const RETRY_AFTER_MAX_MS = 60 * 60_000;

/** Waiting does not help: what the account may use is used up. */
const USED_UP =
  /credit balance|insufficient[ _](?:credit|quota|balance|funds)|exceeded your (?:current )?quota|quota (?:is |has been )?(?:exceeded|exhausted)|(?:daily|monthly) (?:free )?(?:allocation|quota)|usage limits?\b|spend(?:ing)? (?:limit|cap)|billing/i;

const TOO_LONG =
  /prompt is too long|too many (?:input )?tokens|(?:context|token)[ _](?:window|length|size|limit)|request too large|exceeds? the (?:maximum|available) (?:context|number of tokens)/i;

/** The model is not there: not named right, not loaded, or not for this account. */
const NO_MODEL =
  /(?:no such|unknown|invalid|unsupported) model|model\b.{0,120}?\b(?:not (?:be )?(?:found|loaded|exist)|does not exist|unloaded)|no models? (?:is |are )?loaded/i;

/** What an API said of a call that failed. */
export interface Refusal {
  /** Of HTTP; null where there was no answer. */
  status: number | null;
  /** The API's own word for the kind of error; null where it has none. */
  type: string | null;
  /** The API's message: read here, and never passed on. */
  says: string;
}

/**
 * - no status: the network, a timeout, or a body that ended in its middle;
 * - 401, 402, 403: the key or the account. 404: no such model for this key. 3xx, 405: the address.
 *   None of them passes by itself;
 * - 429: too fast, unless it says that credit or quota is used up; 5xx, 409, 425: the other side;
 * - 413 and what speaks of length: this batch is too long;
 * - any other 4xx: this batch cannot be sent as it is, so it is cut and tried once more.
 */
export function kindOf({ status, type, says }: Refusal): FailureKind {
  if (status === null) return "network";
  const told = `${type ?? ""} ${says}`;
  if (status === 408) return "network";
  if (status < 400 || [401, 402, 403, 404, 405].includes(status)) return "refused_access";
  if ((status === 429 || status === 400) && USED_UP.test(told)) return "refused_access";
  if (status === 413 || (status < 500 && TOO_LONG.test(told))) return "too_long";
  if (status === 429 || status === 409 || status === 425 || status >= 500) return "overloaded";
  return NO_MODEL.test(told) ? "refused_access" : "refused_content";
}

/** Status and type of an error, for people and logs: nothing of a body. */
export function refusalMessage({ status, type }: Refusal): string {
  const word = type !== null && /^[\w.-]{1,60}$/.test(type) ? type : "";
  return `status ${status} ${word}`.trim();
}

/** The call itself failed: no address, nobody there, or the connection broke before an answer. */
export function unanswered(error: unknown): string {
  return `no answer from the provider (${error instanceof Error ? error.name : typeof error})`;
}

/** What is no error of an API comes from reading its answer: a body cut off, or not JSON at all. */
export function unreadable(error: unknown): string {
  return `the answer could not be read (${error instanceof Error ? error.name : typeof error})`;
}

/**
 * How long the answer asks to wait: `retry-after-ms`, or `retry-after` in seconds or as an HTTP
 * date (RFC 9110, 10.2.3). Null where it does not say.
 */
export function retryAfterMs(headers: Headers | undefined, now: number): number | null {
  const exact = headers?.get("retry-after-ms");
  const loose = headers?.get("retry-after");
  let wait = Number.NaN;
  if (exact) wait = Number(exact);
  if (!Number.isFinite(wait) && loose) {
    const seconds = Number(loose);
    wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(loose) - now;
  }
  return Number.isFinite(wait) ? Math.min(RETRY_AFTER_MAX_MS, Math.max(0, wait)) : null;
}
