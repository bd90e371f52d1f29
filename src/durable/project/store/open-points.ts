/**
 * What sessions left to do: the one module that owns the table `open_points`. A point is open until
 * a session shows that it is done, or a person says so; two weeks after it was left it is aged, which
 * is a matter of time alone and stands in no row.
 */
import type { PointState } from "../../../contract/vocabulary.ts";
import type { KnownPoint } from "../../../memory/observation.ts";
import { type Database, overwritten } from "../../../platform/database.ts";
import { type Columns, json, plain, Table } from "../../../platform/table.ts";
import { DAY_MS } from "../../../platform/time.ts";
import { keepLastNumber } from "./items.ts";
import { insertRow, type MovingStore, shifted } from "./moving.ts";
import { noteRemoval } from "./removals.ts";
import { isTakenBack } from "./sessions.ts";
import { type View, visible } from "./visible.ts";

/** How long a point is shown without being asked for, counted from its source. */
const POINT_AGES_MS = 14 * DAY_MS;

export interface OpenPointRow {
  n: number;
  /** The session that left it. */
  session: string;
  generation: number;
  batch: number;
  promptNumber: number;
  /** Whose session it was. */
  person: string;
  text: string;
  sources: string[];
  /** ms since the epoch, of the earliest source event. */
  madeAt: number;
  state: "open" | "closed";
  closedAt: number | null;
  /** The session that did it, or the person who says so. */
  closedBy: string | null;
  /** Key of the closing session's event; null where a person closed it. */
  proof: string | null;
  /** When a person last said that it is open. */
  reopenedAt: number | null;
}

const COLUMNS: Columns<OpenPointRow> = {
  n: plain("n"),
  session: plain("session"),
  generation: plain("generation"),
  batch: plain("batch"),
  promptNumber: plain("prompt_number"),
  person: plain("person"),
  text: plain("text"),
  sources: json("sources"),
  madeAt: plain("made_at"),
  state: plain("state"),
  closedAt: plain("closed_at"),
  closedBy: plain("closed_by"),
  proof: plain("proof"),
  reopenedAt: plain("reopened_at"),
};

function table(db: Database): Table<OpenPointRow> {
  return new Table(db, "open_points", COLUMNS);
}

/** How points move to another project. Who closed one names a session or a person, no number. */
export const movingOpenPoints: MovingStore = {
  table: "open_points",
  key: ["n"],
  sliceRows: 500,
  take(db, row, shift) {
    if (!isTakenBack(db, row)) insertRow(db, "open_points", shifted(row, ["n"], shift));
  },
};

/** SQL: since when a point has been open, ms. */
const OPEN_SINCE = "max(made_at, coalesce(reopened_at, 0))";

/** What a point is at `now`. */
export function stateOf(
  { state, madeAt, reopenedAt }: Pick<OpenPointRow, "state" | "madeAt" | "reopenedAt">,
  now: number,
): PointState {
  if (state === "closed") return "closed";
  return Math.max(madeAt, reopenedAt ?? 0) > now - POINT_AGES_MS ? "open" : "aged";
}

/**
 * What is left to do, without what is aged, newest first: what a session is told. Equal texts, which
 * sessions of other clones may leave, stand there once.
 */
export function openPointsFor(view: View, now: number, limit: number): OpenPointRow[] {
  const byText = new Map<string, OpenPointRow>();
  for (const point of listPoints(view, { state: "open", now, before: null, limit })) {
    if (!byText.has(point.text)) byText.set(point.text, point);
  }
  return [...byText.values()];
}

/** Sessions keep what they are told in their one row: so many points, of so many characters. */
const TOLD_MAX = 24;
const TOLD_MAX_CHARS = 4_000;

/** The newest open points as a session keeps them, newest first. */
export function pointsToTell(view: View, now: number): KnownPoint[] {
  let chars = 0;
  return openPointsFor(view, now, TOLD_MAX)
    .map(({ session, text, madeAt }) => ({ session, text, made_at: madeAt }))
    .filter(({ text }) => {
      chars += text.length;
      return chars <= TOLD_MAX_CHARS;
    });
}

export interface PointQuery {
  /** Null: in any state. */
  state: PointState | null;
  now: number;
  /** Only points with a lower number. */
  before: number | null;
  limit: number;
}

/** Newest first. */
export function listPoints({ db, reader }: View, query: PointQuery): OpenPointRow[] {
  const { state, now, before, limit } = query;
  return table(db).all(
    `p WHERE ${visible(reader, "p.n")} AND (?1 IS NULL OR n < ?1)
       AND (?2 IS NULL OR state = iif(?2 = 'closed', 'closed', 'open'))
       AND (?2 IS NULL OR ?2 = 'closed' OR (${OPEN_SINCE} > ?3) = (?2 = 'open'))
     ORDER BY n DESC LIMIT ?4`,
    before,
    state,
    now - POINT_AGES_MS,
    limit,
  );
}

export function readPoint({ db, reader }: View, n: number): OpenPointRow | null {
  return table(db).all(`p WHERE ${visible(reader, "p.n")} AND n = ?`, n)[0] ?? null;
}

/** All points that a session left, in order. */
export function pointsOfSession(db: Database, session: string): OpenPointRow[] {
  return table(db).all(
    `WHERE n IN (SELECT p.n FROM deliveries d JOIN open_points p ON p.n BETWEEN d.first_n AND d.last_n
       WHERE d.session = ? AND p.session = d.session) ORDER BY n`,
    session,
  );
}

export function insertPoint(db: Database, point: OpenPointRow): void {
  table(db).insert(point);
}

/** What may become of a point after it was left. */
export type PointChange = Partial<
  Pick<OpenPointRow, "state" | "closedAt" | "closedBy" | "proof" | "reopenedAt">
>;

/** A person says that it is done. Counts more than what sessions prove. */
export function closedByPerson(person: string, now: number): PointChange {
  return { state: "closed", closedAt: now, closedBy: person, proof: null };
}

/** A person says that it is open: what sessions proved before then counts no more. */
export function reopenedAt(now: number): PointChange {
  return { state: "open", closedAt: null, closedBy: null, proof: null, reopenedAt: now };
}

export function changePoint(db: Database, n: number, change: PointChange): void {
  table(db).update(change, "WHERE n = ?", n);
}

/** Overwrites and deletes points; none of their numbers is given again. */
export function removePoints(db: Database, numbers: readonly number[]): void {
  if (numbers.length === 0) return;
  noteRemoval(db);
  keepLastNumber(db, numbers);
  for (const n of numbers) {
    const blank = ["text", "sources"].map((column) => `${column} = ${overwritten(column)}`);
    db.run(`UPDATE open_points SET ${blank.join(", ")} WHERE n = ?`, n);
    db.run("DELETE FROM open_points WHERE n = ?", n);
  }
}

/**
 * What a session closed is open again: all of it, or where `proofs` are given, what these events of
 * it proved. A person's word stands.
 */
export function reopenClosedBy(
  db: Database,
  session: string,
  proofs: readonly string[] | null,
): void {
  db.run(
    `UPDATE open_points SET state = 'open', closed_at = NULL, closed_by = NULL, proof = NULL
     WHERE closed_by = ?1 AND proof IS NOT NULL
       AND (?2 IS NULL OR proof IN (SELECT value FROM json_each(?2)))`,
    session,
    proofs === null ? null : JSON.stringify(proofs),
  );
}
