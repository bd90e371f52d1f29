/** What a project knows of its sessions: the tables `sessions`, `deliveries` and `saves`. */

import type { KnownSession } from "../../../contract/calls.ts";
import type { SessionState } from "../../../contract/vocabulary.ts";
import type { Announcement, Standing } from "../../../memory/delivery.ts";
import type { Database } from "../../../platform/database.ts";
import { insertRow, type MovingRow, type MovingStore, shifted, shiftedBatch } from "./moving.ts";
import { type View, visibleSession } from "./visible.ts";

/** The lowest generation of a session that is still accepted. */
export function minGenerationOf(db: Database, session: string): number {
  return (
    db.one<{ floor: number }>("SELECT floor FROM sessions WHERE session = ?", session)?.floor ?? 0
  );
}

/** Refuses generations below `minGeneration` from now on. */
export function raiseMinGeneration(db: Database, session: string, minGeneration: number): void {
  db.run(
    `INSERT INTO sessions (session, floor) VALUES (?, ?)
     ON CONFLICT (session) DO UPDATE SET floor = max(floor, excluded.floor)`,
    session,
    minGeneration,
  );
}

/** What names a delivery for ever. */
export interface DeliveryKey {
  session: string;
  generation: number;
  batch: number;
}

export function isApplied(db: Database, key: DeliveryKey): boolean {
  return itemsOfDelivery(db, key) !== null;
}

/** The numbers of the items that an applied delivery brought; null where it is not known. */
export function itemsOfDelivery(
  db: Database,
  key: DeliveryKey,
): { first: number; last: number } | null {
  return db.one<{ first: number; last: number }>(
    `SELECT first_n AS first, last_n AS last FROM deliveries
     WHERE session = ? AND generation = ? AND batch = ?`,
    key.session,
    key.generation,
    key.batch,
  );
}

/** Notes a batch as applied, with the numbers of the items that it brought. */
export function noteDelivery(
  db: Database,
  key: DeliveryKey,
  items: { first: number; last: number },
): void {
  db.run(
    `INSERT INTO deliveries (session, generation, batch, first_n, last_n) VALUES (?, ?, ?, ?, ?)`,
    key.session,
    key.generation,
    key.batch,
    items.first,
    items.last,
  );
}

/**
 * Nothing of the session's deliveries of older generations is left: their numbers tell nothing any
 * more, and they would be refused.
 */
export function dropDeliveriesBelow(db: Database, session: string, minGeneration: number): void {
  db.run("DELETE FROM deliveries WHERE session = ? AND generation < ?", session, minGeneration);
}

/** SQL: what a session taught by itself, of deliveries `d`. What its agent saved counts down. */
export const TAUGHT = "d.batch > 0";

/** The same for what a session taught by itself: what its agent saved stays where it is. */
export function dropTaughtBelow(db: Database, session: string, minGeneration: number): void {
  db.run(
    `DELETE FROM deliveries AS d WHERE session = ? AND generation < ? AND ${TAUGHT}`,
    session,
    minGeneration,
  );
}

/** A delivery is another's from now on. */
export function assignDelivery(db: Database, known: DeliveryKey, to: DeliveryKey): void {
  db.run(
    `UPDATE deliveries SET session = ?, generation = ?, batch = ?
     WHERE session = ? AND generation = ? AND batch = ?`,
    to.session,
    to.generation,
    to.batch,
    known.session,
    known.generation,
    known.batch,
  );
}

/** SQL: numbers of the items of the sessions that `listed` matches, e.g. `= ?`. */
export function numbersOfSessions(listed: string): string {
  return `SELECT s.n FROM deliveries d JOIN items s ON s.n BETWEEN d.first_n AND d.last_n
    WHERE d.session ${listed} AND s.session = d.session`;
}

/**
 * Takes what a session says of itself, unless something newer is known, or it was forgotten and
 * knows nothing of that. One that was reopened since is forgotten no more.
 */
export function noteAnnouncement(db: Database, announcement: Announcement): void {
  const { session, state, seq, lastEventAt, generation } = announcement;
  db.run(
    `INSERT INTO sessions (session, state, seq, last_event_at) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (session) DO UPDATE SET state = ?2, seq = ?3, last_event_at = ?4, forgotten = NULL
     WHERE seq < ?3 AND (forgotten IS NULL OR floor <= ?5)`,
    session,
    state,
    seq,
    lastEventAt,
    generation ?? 0,
  );
}

/** The session was forgotten: what comes of it under an older generation is told so. */
export function noteForgotten(db: Database, session: string): void {
  db.run("UPDATE sessions SET forgotten = 1 WHERE session = ?", session);
}

/** How a session stands here; also for one that was never heard of. */
export function standingOf(db: Database, session: string): Standing {
  const row = db.one<{ floor: number; seq: number; forgotten: number | null }>(
    "SELECT floor, seq, forgotten FROM sessions WHERE session = ?",
    session,
  );
  const highest =
    db.one<{ generation: number | null }>(
      "SELECT max(generation) AS generation FROM deliveries WHERE session = ?",
      session,
    )?.generation ?? 0;
  return {
    forgotten: row?.forgotten === 1,
    generation: Math.max(row?.floor ?? 0, highest + 1),
    announcedSeq: row?.seq ?? 0,
  };
}

/** The session is none of this project's any more; the least generation stays. */
export function forgetAnnouncement(db: Database, session: string): void {
  db.run("UPDATE sessions SET state = NULL, last_event_at = NULL WHERE session = ?", session);
}

/** Sessions that told of themselves: those that are open first, of each kind the latest first. */
export function listSessions(
  { db, reader }: View,
  state: SessionState | null,
  limit: number,
): KnownSession[] {
  return db.all<KnownSession>(
    `SELECT session, state, last_event_at FROM sessions
     WHERE ${visibleSession(reader)} AND state IS NOT NULL AND (?1 IS NULL OR state = ?1)
     ORDER BY state = 'closed', last_event_at DESC, session LIMIT ?2`,
    state,
    limit,
  );
}

/** Time of the newest event that a session told of. */
export function lastAnnouncedEvent({ db, reader }: View): number | null {
  const row = db.one<{ at: number | null }>(
    `SELECT max(last_event_at) AS at FROM sessions WHERE ${visibleSession(reader)}`,
  );
  return row?.at ?? null;
}

/** The item that a request with this key saved, or null. */
export function savedBefore(db: Database, actor: string, key: string): number | null {
  return (
    db.one<{ n: number }>("SELECT n FROM saves WHERE actor = ? AND idempotency_key = ?", actor, key)
      ?.n ?? null
  );
}

export function noteSave(db: Database, actor: string, key: string, n: number): void {
  db.run("INSERT INTO saves (actor, idempotency_key, n) VALUES (?, ?, ?)", actor, key, n);
}

/** Sessions that taught or told something here, in the order of their names, after one. */
export function sessionsHere(db: Database, after: string, limit: number): string[] {
  return db
    .all<{ session: string }>(
      `SELECT session FROM sessions WHERE session > ?1 AND state IS NOT NULL
       UNION SELECT session FROM deliveries WHERE session > ?1 ORDER BY session LIMIT ?2`,
      after,
      limit,
    )
    .map(({ session }) => session);
}

/**
 * True for what a session taught that has moved from the one project to the other already, under a
 * newer generation, and has only not been taken back yet. What its agent saved by hand stays.
 */
export function isTakenBack(db: Database, { session, generation, batch }: MovingRow): boolean {
  if (typeof batch !== "number" || batch < 0 || !Number(generation)) return false;
  return Number(generation) < minGenerationOf(db, String(session));
}

export const movingDeliveries: MovingStore = {
  table: "deliveries",
  key: ["session", "generation", "batch"],
  sliceRows: 500,
  take(db, row, shift) {
    if (isTakenBack(db, row)) return;
    const moved = shifted(row, ["first_n", "last_n"], shift);
    insertRow(db, "deliveries", { ...moved, batch: shiftedBatch(row, shift) });
  },
};

export const movingSaves: MovingStore = {
  table: "saves",
  key: ["actor", "idempotency_key"],
  sliceRows: 500,
  take: (db, row, shift) => insertRow(db, "saves", shifted(row, ["n"], shift)),
};

/** Of a session that both know, the one that it lives in knows its state, and the newer a forgetting. */
export const movingSessions: MovingStore = {
  table: "sessions",
  key: ["session"],
  sliceRows: 500,
  take: (db, row) =>
    insertRow(
      db,
      "sessions",
      row,
      `UPDATE SET state = coalesce(state, excluded.state),
         last_event_at = coalesce(last_event_at, excluded.last_event_at),
         seq = max(seq, excluded.seq),
         forgotten = iif(excluded.floor > floor, excluded.forgotten, forgotten),
         floor = max(floor, excluded.floor)`,
    ),
};
