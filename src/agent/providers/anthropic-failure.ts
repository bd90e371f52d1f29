/** Tells the API's troubles apart, by what has to be done next. */
import Anthropic from "@anthropic-ai/sdk";
import type { FailureKind } from "../provider.ts";

/** Longest wait that is taken from a provider's word; more is a mistake or a refusal. */
const RETRY_AFTER_MAX_MS = 60 * 60_000;

/** Of a 429 or 400 that waiting does not help: what the account may use is used up. */
const USED_UP =
  /credit balance|insufficient[ _](?:credit|quota|balance|funds)|exceeded your (?:current )?quota|quota (?:is |has been )?(?:exceeded|exhausted)|usage limits?\b|spend(?:ing)? (?:limit|cap)|billing/i;

const TOO_LONG =
  /prompt is too long|too many (?:input )?tokens|context (?:window|length)|request too large/i;

export interface Classified {
  kind: FailureKind;
  message: string;
  retryAfterMs: number | null;
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

/**
 * - 401, 402, 403: the key or the account. 404: no such model for this key. Neither passes by itself;
 * - 429: too fast, unless it says that credit or quota is used up; 5xx, 409: the other side;
 * - 413 and a 400 that speaks of length: this batch is too long;
 * - any other 4xx: this batch cannot be sent as it is, so it is cut and tried once more;
 * - no status: the network, a timeout, or a body that ended in its middle.
 */
function kindOf(error: InstanceType<typeof Anthropic.APIError>): FailureKind {
  const { status } = error;
  const says = error.apiMessage ?? "";
  if (status === undefined) return "network";
  if (error.type === "billing_error") return "refused_access";
  if (status === 401 || status === 402 || status === 403 || status === 404) return "refused_access";
  if ((status === 429 || status === 400) && USED_UP.test(says)) return "refused_access";
  if (status === 429 || status === 409 || status === 425 || status >= 500) return "overloaded";
  if (status === 408) return "network";
  if (status === 413 || TOO_LONG.test(says)) return "too_long";
  return "refused_content";
}

/** Classifies what the SDK threw. The message holds status and error type, nothing of a body. */
export function classifyError(error: unknown, now: number): Classified {
  if (error instanceof Anthropic.APIError) {
    const kind = kindOf(error);
    const message =
      error.status === undefined
        ? `no answer from the provider (${error.name})`
        : `status ${error.status} ${error.type ?? ""}`.trim();
    return { kind, message, retryAfterMs: retryAfterMs(error.headers, now) };
  }
  // What is no API error comes from reading the answer: a body cut off, or not JSON at all.
  const name = error instanceof Error ? error.name : typeof error;
  return { kind: "network", message: `the answer could not be read (${name})`, retryAfterMs: null };
}
