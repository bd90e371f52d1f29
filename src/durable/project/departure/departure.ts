/** The table `departure`: where a project is on its way to another one, or out. */
import type { Database, SqlValue } from "../../../platform/database.ts";
import { type Columns, json, plain, Table } from "../../../platform/table.ts";

/**
 * - `asking`: the team has to agree first, because the other project may be on its way itself;
 * - `moving`: slice by slice to the project that takes everything over;
 * - `telling`: deleted, and its sessions are told one by one;
 * - `leaving`: all is done but that the team knows;
 * - `waiting`: nobody may know the old number any more before it is emptied;
 * - `left`: nothing is here any more.
 */
export type Phase = "asking" | "moving" | "telling" | "leaving" | "waiting" | "left";

export interface Departure {
  id: 1;
  /** Whose the project is, and its own number. */
  team: string;
  number: number;
  /** The project that takes everything over; null: deleted. */
  into: number | null;
  phase: Phase;
  shift: number | null;
  store: number;
  after: SqlValue[] | null;
  slice: number;
}

const COLUMNS: Columns<Departure> = {
  id: plain("id"),
  team: plain("team"),
  number: plain("number"),
  into: plain("into_number"),
  phase: plain("phase"),
  shift: plain("shift"),
  store: plain("store"),
  after: json("after"),
  slice: plain("slice"),
};

function table(db: Database): Table<Departure> {
  return new Table(db, "departure", COLUMNS);
}

/** Null for a project that stays. */
export function readDeparture(db: Database): Departure | null {
  return table(db).all("")[0] ?? null;
}

export function beginDeparture(
  db: Database,
  request: Pick<Departure, "team" | "number" | "into">,
): void {
  table(db).insert({ ...request, id: 1, phase: "asking", store: 0, slice: 0 });
}

export function noteDeparture(db: Database, change: Partial<Departure>): void {
  table(db).update(change, "");
}

/** The team did not agree: the project stays. */
export function dropDeparture(db: Database): void {
  db.run("DELETE FROM departure");
}

/** The one row of a project that was emptied. */
export function leaveMark(db: Database, departure: Departure): void {
  table(db).insert({ ...departure, phase: "left", after: null });
}

/** True once the project is deleted, or elsewhere: nothing of it is shown from that moment on. */
export function isGone(db: Database): boolean {
  const departure = readDeparture(db);
  return departure !== null && (departure.into === null || departure.phase === "left");
}

/** True while there are steps to do. */
export function isOnItsWay(db: Database): boolean {
  const departure = readDeparture(db);
  return departure !== null && departure.phase !== "left";
}
