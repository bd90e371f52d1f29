/**
 * A project on its way to another one, or out. The project itself drives it, from a call and from
 * its alarm, one step after the other: each is a transaction, or one call outward with a
 * transaction behind it, so that a kill anywhere repeats a step that was done already and loses
 * none. Meanwhile nothing is written to it: sessions wait with what they have.
 */
import { parseSessionPath, type SessionName } from "../../../memory/session-name.ts";
import type { Database } from "../../../platform/database.ts";
import { createLog } from "../../../platform/log.ts";
import type { SessionObject } from "../../session/session-object.ts";
import type { TeamObject } from "../../team/team-object.ts";
import { backfillSlice } from "../backfill.ts";
import type { ProjectObject } from "../project-object.ts";
import { lastNumber } from "../store/items.ts";
import { rowsAfter } from "../store/moving.ts";
import { sessionsHere } from "../store/sessions.ts";
import {
  type Departure,
  dropDeparture,
  leaveMark,
  noteDeparture,
  readDeparture,
} from "./departure.ts";
import { STORES } from "./stores.ts";

/** Names that were looked up before the project left may be believed for 30 s: twice that. */
const EMPTY_AFTER_MS = 60_000;
/** Sessions that are told in one step. */
const SESSIONS_AT_ONCE = 25;
/** Sessions of which one cannot be told are told again, so many times in all. */
const TELL_TIMES = 20;
const TELL_AGAIN_MS = 15_000;

/** What the steps need from outside. */
export interface LeaveDependencies {
  team(name: string): DurableObjectStub<TeamObject>;
  project(team: string, number: number): DurableObjectStub<ProjectObject>;
  session(name: SessionName): DurableObjectStub<SessionObject>;
}

/** ms until the next step; `done` where there is none, `refused` where the team did not agree. */
export type Next = number | "done" | "refused";

export async function leaveStep(db: Database, deps: LeaveDependencies): Promise<Next> {
  const departure = readDeparture(db);
  if (departure === null) return "done";
  switch (departure.phase) {
    case "asking":
      return await ask(db, departure, deps);
    case "moving":
      return await moveSlice(db, departure, deps);
    case "telling":
      return await tellSessions(db, departure, deps);
    case "leaving": {
      const { team, number } = departure;
      await deps.team(team).finishDeparture({ number, shift: departure.shift });
      noteDeparture(db, { phase: "waiting" });
      createLog({ team, project: String(number) })("info", "project_left", {
        into: departure.into,
      });
      return departure.into === null ? 0 : EMPTY_AFTER_MS;
    }
    case "waiting":
      db.beginAnew(() => leaveMark(db, departure));
      return "done";
    case "left":
      return "done";
  }
}

async function ask(db: Database, departure: Departure, deps: LeaveDependencies): Promise<Next> {
  const { team, number, into } = departure;
  const answer = await deps.team(team).beginDeparture({ number, into });
  if (answer !== "begun") {
    dropDeparture(db);
    return "refused";
  }
  if (into === null) {
    noteDeparture(db, { phase: "telling" });
    return 0;
  }
  // What is made of old items is made here: the other project may be through with its own.
  const wait = backfillSlice(db);
  if (wait !== null) return wait;
  const last = lastNumber(db);
  const shift = await deps.project(team, into).beginArrival({ from: number, last });
  noteDeparture(db, { phase: "moving", shift });
  return 0;
}

async function moveSlice(
  db: Database,
  { team, number, into, store: index, after, slice }: Departure,
  deps: LeaveDependencies,
): Promise<Next> {
  const store = STORES[index];
  if (store === undefined || into === null) {
    noteDeparture(db, { phase: "leaving" });
    return 0;
  }
  const rows = rowsAfter(db, store, after);
  const last = rows.at(-1);
  if (last === undefined) {
    noteDeparture(db, { store: index + 1, after: null });
    return 0;
  }
  const sent = { from: number, slice: slice + 1, table: store.table, rows };
  await deps.project(team, into).takeSlice(sent);
  noteDeparture(db, { after: store.key.map((name) => last[name] ?? null), slice: slice + 1 });
  return 0;
}

/**
 * The names are free only when all have heard: what one has still to deliver would make the project
 * anew. One that cannot be told for minutes is left to its retention.
 */
async function tellSessions(
  db: Database,
  { team, number, after, slice }: Departure,
  { session }: LeaveDependencies,
): Promise<Next> {
  const names = sessionsHere(db, String(after?.[0] ?? ""), SESSIONS_AT_ONCE);
  const last = names.at(-1);
  if (last === undefined) {
    noteDeparture(db, { phase: "leaving" });
    return 0;
  }
  const told = names.map(async (path) => {
    const name = parseSessionPath(path);
    if (name !== null) await session({ team, ...name }).projectDeleted({ number });
  });
  const failed = (await Promise.allSettled(told)).filter(({ status }) => status === "rejected");
  if (failed.length > 0) {
    const log = createLog({ team, project: String(number) });
    log("warn", "sessions_not_told", { sessions: failed.length, times: slice + 1 });
    if (slice + 1 < TELL_TIMES) {
      noteDeparture(db, { slice: slice + 1 });
      return TELL_AGAIN_MS;
    }
  }
  noteDeparture(db, { after: [last], slice: 0 });
  return 0;
}
