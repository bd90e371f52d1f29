/** Which open points a batch knows: those that the project told, and the session's own. Pure. */
import type { KnownPoint } from "../../../memory/observation.ts";
import type { DeliveredPoints } from "../outbox/outbox.ts";

/** How many a provider knows of at most, the newest; a model is shown fewer. */
const KNOWN_MAX = 32;

/** The batch that asks. */
export interface Asking {
  /** `<agent>/<session_id>`. */
  session: string;
  /** Time of its last event, ms: what was left later, it does not know. */
  at: number;
  redo: boolean;
}

/**
 * The points that are open as a batch begins, oldest first. The session's deliveries say what it left
 * and what it closed since; those that a redo is about to replace only remind of what others left.
 */
export function knownPoints(
  told: readonly KnownPoint[],
  delivered: readonly DeliveredPoints[],
  { session, at, redo }: Asking,
): KnownPoint[] {
  const current = delivered.filter((delivery) => delivery.current);
  const isOwn = (point: KnownPoint) => point.session === session;
  const made = current.flatMap((delivery) => delivery.made);
  // What the project tells of the session's own points is of deliveries that are gone, or known better.
  const ofEarlierLives = redo || delivered.length > 0 ? [] : told.filter(isOwn);
  const others = [...told, ...delivered.flatMap(({ closed }) => closed)];
  const all = [...ofEarlierLives, ...others.filter((point) => !isOwn(point)), ...made];
  const byName = new Map(all.map((point) => [nameOf(point), point]));
  for (const { closed } of current) for (const point of closed) byName.delete(nameOf(point));
  return [...byName.values()]
    .filter((point) => point.made_at <= at)
    .toSorted((a, b) => a.made_at - b.made_at)
    .slice(-KNOWN_MAX)
    .map(({ session, text, made_at }) => ({ session, text, made_at }));
}

const nameOf = ({ session, text }: KnownPoint) => `${session}\n${text}`;
