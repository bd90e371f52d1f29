/** What is left to do, as a session that starts is told it. */
import { SOURCE_WORDS, sourceKindOfKeys } from "../../../memory/source-kind.ts";
import { ageOf } from "../../../platform/time.ts";
import { listPoints, type OpenPointRow, openPointsFor, stateOf } from "../store/open-points.ts";
import { itemId } from "../store/show-item.ts";
import type { View } from "../store/visible.ts";
import type { Known } from "./eligibility.ts";
import { type Asking, byOther, quoteText } from "./render.ts";

/** Points that get a line each; of more it is said where they stand. */
const POINTS_SHOWN = 8;
const POINTS_READ = 24;
const POINT_MAX_CHARS = 200;

/** The open points that are news to who asks, newest first, and how many more there are. */
export function newsOfPoints(
  view: View,
  query: Known & { now: number },
): { points: OpenPointRow[]; more: number } {
  const open = openPointsFor(view, query.now, POINTS_READ).filter(
    ({ n, session }) =>
      (query.since === undefined || n > query.since) && session !== query.excludeSession,
  );
  return { points: open.slice(0, POINTS_SHOWN), more: Math.max(0, open.length - POINTS_SHOWN) };
}

/** A heading with the age of the points, and a line for each; empty without any. */
export function renderPoints(
  { points, more }: { points: readonly OpenPointRow[]; more: number },
  project: Known["project"],
  { now, reader }: Asking,
): string[] {
  if (points.length === 0) return [];
  const times = points.map(({ madeAt }) => madeAt);
  const [newest, oldest] = [ageOf(Math.max(...times), now), ageOf(Math.min(...times), now)];
  const age = newest === oldest ? newest : `${newest} to ${oldest}`;
  const rest = more === 0 ? "" : `, ${more} more by list_open_points`;
  return [
    `Open points (${age}${rest}):`,
    ...points.map(({ n, person, text, sources }) => {
      const who = byOther(person, reader);
      const said = SOURCE_WORDS[sourceKindOfKeys(sources)];
      return `- ${itemId(project, n)} · ${said} · ${who === "" ? "" : `${who} · `}${quoteText(text, POINT_MAX_CHARS)}`;
    }),
  ];
}

/**
 * What the last work left and nobody closed since, although it is too old to be told as open: where
 * that work stopped. Null where the session left no point that is known of.
 */
export function leftThen(view: View, session: string, now: number): string | null {
  const known = listPoints(view, { state: null, now, before: null, limit: 2 * POINTS_READ });
  const own = known.filter((point) => point.session === session);
  if (own.length === 0) return null;
  return own
    .filter((point) => stateOf(point, now) === "aged")
    .slice(0, POINTS_SHOWN)
    .map(({ text }) => text)
    .join(" · ");
}
