/** Open points as deliveries bring, close and take them back. Parts of a caller's transaction. */
import type { Delivery, Replacement } from "../../../memory/delivery.ts";
import type { PointFate } from "../../../memory/observation.ts";
import type { Database } from "../../../platform/database.ts";
import { lastNumber } from "../store/items.ts";
import {
  changePoint,
  insertPoint,
  type OpenPointRow,
  pointsOfSession,
  removePoints,
  reopenClosedBy,
} from "../store/open-points.ts";
import { wordOverlap } from "./similarity.ts";

/** Overlap of the words from which on two points of one session are the same, put otherwise. */
const SAME_POINT_OVERLAP = 0.5;

/** Makes what a delivery left to do, and closes what it did. */
export function applyPoints(db: Database, delivery: Delivery): void {
  const { session, generation, batch, openPoints = [], closes = [] } = delivery;
  let n = lastNumber(db);
  for (const point of openPoints) {
    n += 1;
    insertPoint(db, {
      n,
      session,
      generation,
      batch,
      promptNumber: point.prompt_number,
      person: point.actor,
      text: point.text,
      sources: point.sources,
      madeAt: point.created_at,
      state: "open",
      closedAt: null,
      closedBy: null,
      proof: null,
      reopenedAt: null,
    });
  }
  for (const closing of closes) {
    const point = findPoint(pointsOfSession(db, closing.session), closing.text);
    if (point === null || point.state === "closed") continue;
    // A person said since that it is not done.
    if (point.reopenedAt !== null && closing.closed_at <= point.reopenedAt) continue;
    const { closed_at: closedAt, proof } = closing;
    changePoint(db, point.n, { state: "closed", closedAt, closedBy: session, proof });
  }
}

/** The point of these words; where none has the same, that of nearly the same. */
function findPoint<Point extends Pick<OpenPointRow, "text">>(
  points: readonly Point[],
  text: string,
): Point | null {
  const same = points.find((point) => point.text === text);
  if (same !== undefined) return same;
  let best: { point: Point; overlap: number } | null = null;
  for (const point of points) {
    const overlap = wordOverlap(point.text, text);
    if (overlap >= SAME_POINT_OVERLAP && overlap > (best?.overlap ?? 0)) best = { point, overlap };
  }
  return best?.point ?? null;
}

/** What others made of a session's points, all or those of these numbers. */
export function fatesOf(
  db: Database,
  session: string,
  numbers: ReadonlySet<number> | null = null,
): PointFate[] {
  return pointsOfSession(db, session)
    .filter(({ n }) => numbers === null || numbers.has(n))
    .filter(({ state, closedBy, reopenedAt }) =>
      state === "closed" ? closedBy !== session : reopenedAt !== null,
    )
    .map((point) => ({
      text: point.text,
      sources: point.sources,
      state: point.state,
      closed_at: point.closedAt,
      closed_by: point.closedBy,
      proof: point.proof,
      reopened_at: point.reopenedAt,
    }));
}

/** Gives the points of a session, made anew, the fates that they had. */
export function applyFates(db: Database, session: string, fates: readonly PointFate[]): void {
  if (fates.length === 0) return;
  const points = pointsOfSession(db, session);
  for (const fate of fates) {
    // Other words of the same event may say the same.
    const ofSource = points.filter(({ sources }) => sources[0] === fate.sources[0]);
    const point = findPoint(ofSource, fate.text) ?? findPoint(points, fate.text);
    if (point === null) continue;
    points.splice(points.indexOf(point), 1);
    // The session's own proof counts where no person said otherwise since.
    const isPersons = fate.proof === null;
    if (point.state === "closed" && !isPersons) continue;
    if (fate.state === "open" && (point.closedAt ?? 0) > (fate.reopened_at ?? 0)) continue;
    changePoint(db, point.n, {
      state: fate.state,
      closedAt: fate.closed_at,
      closedBy: fate.closed_by,
      proof: fate.proof,
      reopenedAt: fate.reopened_at,
    });
  }
}

/**
 * Takes back what a replacement removes: the session's own points, and its closings of anybody's.
 * Returns the fates of the points that are gone.
 */
export function takeBackPoints(
  db: Database,
  session: string,
  remove: Replacement["remove"],
): PointFate[] {
  const gone = pointsOfSession(db, session)
    .filter(({ batch, sources }) => {
      if (remove === "all") return true;
      if ("batches" in remove) return remove.batches.includes(batch);
      const isListed = (key: string) => remove.sources.includes(key);
      return remove.any === true ? sources.some(isListed) : sources.every(isListed);
    })
    .map(({ n }) => n);
  const fates = fatesOf(db, session, new Set(gone));
  removePoints(db, gone);
  if (remove === "all") reopenClosedBy(db, session, null);
  else if ("sources" in remove) reopenClosedBy(db, session, remove.sources);
  return fates;
}
