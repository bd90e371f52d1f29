/** Times as people write them, and ages as people read them. */

const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

const UNITS: Record<string, number> = {
  m: MINUTE_MS,
  h: HOUR_MS,
  d: DAY_MS,
  w: 7 * DAY_MS,
};

/** `7d`, `7 days`, `7 days ago`; the first letter of a unit tells it. */
const AGE = /^(\d{1,5}) ?([mhdw])(?:in(?:ute)?s?|ours?|rs?|ays?|eeks?)?(?: ago)?$/i;
/** Seconds or milliseconds since the epoch, told apart by their digits. */
const SINCE_EPOCH = /^\d{10}(?:\d{3})?$/;
const MS_DIGITS = 13;

/**
 * `2026-02-01`, any ISO time, an age such as `90m`, `12h`, `7d`, `2w` or `3 days ago`, or a number of
 * seconds or ms since the epoch; in ms since the epoch, null where it is none of these. A bare day is
 * taken from its start or to its end.
 */
export function parseTime(text: string, now: number, bareDay: "start" | "end"): number | null {
  const age = AGE.exec(text);
  if (age !== null) return now - Number(age[1]) * (UNITS[(age[2] ?? "d").toLowerCase()] ?? DAY_MS);
  if (SINCE_EPOCH.test(text)) return Number(text.padEnd(MS_DIGITS, "0"));
  if (!/^\d{4}-\d{2}(-\d{2})?([T ].*)?$/.test(text)) return null;
  const time = Date.parse(text);
  if (Number.isNaN(time)) return null;
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && bareDay === "end" ? time + DAY_MS - 1 : time;
}

/** `just now`, `5 min`, `3 h`, `2 d`, `5 wk`: how long ago, short enough for a list. */
export function ageOf(at: number, now: number): string {
  const age = Math.max(0, now - at);
  if (age < 2 * MINUTE_MS) return "just now";
  if (age < HOUR_MS) return `${Math.floor(age / MINUTE_MS)} min`;
  if (age < 2 * DAY_MS) return `${Math.floor(age / HOUR_MS)} h`;
  if (age < 60 * DAY_MS) return `${Math.floor(age / DAY_MS)} d`;
  return `${Math.floor(age / (7 * DAY_MS))} wk`;
}

/** ms since the epoch → ISO, as everything on the wire. */
export function isoTime(at: number): string {
  return new Date(at).toISOString();
}
