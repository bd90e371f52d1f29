/** When a provider that refused access (key, credit, quota) is asked again. */

const MINUTE_MS = 60_000;
/** After the first three refusals in a row. */
const FIRST_PROBES_MS = [1 * MINUTE_MS, 5 * MINUTE_MS, 30 * MINUTE_MS];
/** After every further one, until the retention of the events is over. */
const LATER_PROBES_MS = 6 * 60 * MINUTE_MS;

/**
 * How long to wait before the next probe, in ms.
 * @param pausesInARow refusals before this one since the provider last answered, from 0
 */
export function nextProbe(pausesInARow: number): number {
  return FIRST_PROBES_MS[pausesInARow] ?? LATER_PROBES_MS;
}
