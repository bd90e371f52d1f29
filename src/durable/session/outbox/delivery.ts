/** Sends what the outbox holds to the projects that it is for. */

import type {
  Delivery,
  ForgetAnswer,
  ProjectRef,
  Replacement,
  Standing,
} from "../../../memory/delivery.ts";
import type { PointFate } from "../../../memory/observation.ts";
import { sessionPath } from "../../../memory/session-name.ts";
import { truncate } from "../../../platform/truncate.ts";
import { leaveTombstone } from "../ending/ending.ts";
import { deliveryBackoffMs } from "../queue/retry.ts";
import type { SessionDependencies } from "../session-dependencies.ts";
import { sessionLog } from "../session-log.ts";
import type { SessionRow } from "../session-row.ts";
import type { SessionStore } from "../session-store.ts";
import type { OutboxEntry, OutboxKind } from "./outbox.ts";
import {
  linkedItem,
  movedFrom,
  parseDelivery,
  projectNumberIn,
  replacedKeys,
  withdrawalIn,
} from "./payload.ts";

/** Longest error that is kept with an entry. */
const ERROR_MAX_CHARS = 300;

/**
 * Sends one entry and marks it. A failure leaves it, due later: it blocks what stands behind it,
 * because a project has to hear of things in their order. Returns true where it went out.
 */
export async function sendEntry(
  store: SessionStore,
  entry: OutboxEntry,
  deps: SessionDependencies,
): Promise<boolean> {
  const row = store.row();
  if (row === null) return false;
  let answer: Sent;
  try {
    const place = await placeOf(row, entry, deps);
    answer =
      place === null
        ? nothingThere(entry)
        : await sendWhereItBelongs(store, row, entry, place, deps);
  } catch (error) {
    const delay = deliveryBackoffMs(entry.attempts + 1, deps.random());
    const message = error instanceof Error ? error.message : String(error);
    store.outbox.failed(entry, truncate(message, ERROR_MAX_CHARS), deps.now() + delay);
    const fields = { entry: entry.kind, batch: entry.batch, attempts: entry.attempts + 1 };
    sessionLog(row)("warn", "delivery_failed", fields, error);
    return false;
  }
  if (answer.standing !== null) return catchUp(store, entry, answer.standing, deps);
  store.db.transaction(() => {
    if (answer.removed !== null) store.outbox.markForgotten(entry, answer.removed);
    else store.outbox.markSent(entry);
    if (entry.kind === "redo") store.outbox.releaseHeld();
  });
  return true;
}

/** The project that an entry is for, and what was added to the numbers of its items meanwhile. */
interface Place {
  project: ProjectRef;
  shift: number;
}

/** What takes something back makes no project: where there is none, nothing is to be taken. */
const TAKES_BACK: ReadonlySet<OutboxKind> = new Set(["retract", "forget", "withdraw"]);

async function placeOf(
  { team }: SessionRow,
  entry: OutboxEntry,
  deps: SessionDependencies,
): Promise<Place | null> {
  const { project: name } = entry;
  const fixed = projectNumberIn(entry);
  if (fixed !== null) {
    const next = await deps.successor(team, fixed);
    return { project: { name, number: next?.number ?? fixed }, shift: next?.shift ?? 0 };
  }
  const number = TAKES_BACK.has(entry.kind)
    ? await deps.knownProject(team, name)
    : // After a failure: the project may have been merged into another one.
      await deps.projectNumber(team, name, entry.attempts > 0);
  return number === null ? null : { project: { name, number }, shift: 0 };
}

/**
 * A project that was deleted takes every session for a forgotten one. Where its name leads to
 * another project by now, this is what the session did since: it goes there.
 */
async function sendWhereItBelongs(
  store: SessionStore,
  row: SessionRow,
  entry: OutboxEntry,
  place: Place,
  deps: SessionDependencies,
): Promise<Sent> {
  const answer = await send(store, row, entry, place, deps);
  if (answer.standing?.forgotten !== true) return answer;
  const number = await deps.projectNumber(row.team, entry.project, true);
  if (number === place.project.number) return answer;
  return await send(
    store,
    row,
    entry,
    { ...place, project: { name: entry.project, number } },
    deps,
  );
}

function nothingThere({ kind }: OutboxEntry): Sent {
  const removed = { observations: 0, summaries: 0, prompts: 0 };
  return kind === "forget" ? { ...SENT, removed } : SENT;
}

/** What a project answered, where it matters. */
interface Sent {
  /** What a forgetting removed. */
  removed: ForgetAnswer["removed"] | null;
  /** The project knows more of the session than the session does. */
  standing: Standing | null;
}

/**
 * The project knows the session from before, and its object does not: it was killed while it was
 * emptied. Forgotten, it drops what came since and is a tombstone again; else what waits goes out
 * under a generation that is free.
 */
function catchUp(
  store: SessionStore,
  entry: OutboxEntry,
  standing: Standing,
  deps: SessionDependencies,
): boolean {
  const row = store.row();
  // Told late: the session has moved on since.
  if (row === null || entry.generation !== row.generation) {
    store.outbox.markSent(entry);
    return true;
  }
  const { announcedSeq } = standing;
  const generation = Math.max(row.generation, standing.generation);
  sessionLog(row)("warn", "session_caught_up", { forgotten: standing.forgotten, generation });
  if (standing.forgotten) {
    const now = deps.now();
    leaveTombstone(store, now, {
      generation,
      announcedSeq,
      forgotten: true,
      ending: null,
      endedAt: now,
      closedAt: now,
    });
    return true;
  }
  store.db.transaction(() => {
    store.outbox.renew(generation);
    store.session.update({ generation, announcedSeq, announcedState: null });
  });
  return true;
}

/** What became of the session's open points in the project that it leaves, which still has them. */
async function fatesBefore(
  row: SessionRow,
  entry: OutboxEntry,
  deliveries: readonly Delivery[],
  deps: SessionDependencies,
): Promise<PointFate[]> {
  const from = movedFrom(entry);
  if (from === null || deliveries.every(({ openPoints }) => openPoints === undefined)) return [];
  const number = await deps.knownProject(row.team, from);
  if (number === null) return [];
  return await deps.project(row.team, number).pointFates({ session: sessionPath(row) });
}

const SENT: Sent = { removed: null, standing: null };

async function send(
  store: SessionStore,
  row: SessionRow,
  entry: OutboxEntry,
  { project, shift }: Place,
  deps: SessionDependencies,
): Promise<Sent> {
  const stub = deps.project(row.team, project.number);
  const session = sessionPath(row);
  const minGeneration = entry.generation;
  switch (entry.kind) {
    case "deliver": {
      const delivery = { ...parseDelivery(entry.payload), generation: entry.generation };
      const outcome = await stub.deliver({ project, delivery });
      if (outcome === "applied" || outcome === "duplicate") return SENT;
      return { ...SENT, standing: await stub.standing({ session }) };
    }
    case "move": {
      const deliveries = store.outbox.deliveries("sent");
      // Without deliveries it would read as a retraction.
      if (deliveries.length === 0) return SENT;
      const fates = await fatesBefore(row, entry, deliveries, deps);
      await stub.replace({
        project,
        replacement: { session, minGeneration, remove: "all", deliveries, fates },
      });
      return SENT;
    }
    case "redo": {
      const replaced: Replacement = {
        session,
        minGeneration,
        remove: { sources: replacedKeys(entry) },
        deliveries: store.outbox.deliveries("held"),
      };
      await stub.replace({ project, replacement: replaced });
      return SENT;
    }
    case "retract":
      await stub.replace({
        project,
        replacement: { session, minGeneration, remove: "all", deliveries: [] },
      });
      return SENT;
    case "link": {
      const { n, actor = row.actor } = linkedItem(entry);
      const own = await deps.projectNumber(row.team, row.project);
      const savedFrom = own === project.number ? null : row.project;
      const by = { session, agent: row.agent, actor, generation: minGeneration };
      await stub.link({ n: n + shift, by, savedFrom });
      return SENT;
    }
    case "forget": {
      const { removed } = await stub.forget({ project, session, minGeneration });
      return { ...SENT, removed };
    }
    case "withdraw": {
      const withdrawn = withdrawalIn(entry);
      const batches = { batches: withdrawn.batches };
      await stub.replace({
        project,
        replacement: { session, minGeneration, remove: batches, deliveries: [] },
      });
      // A redo may have given what these events taught to another batch.
      const sources = { sources: withdrawn.keys, any: true };
      await stub.replace({
        project,
        replacement: { session, minGeneration, remove: sources, deliveries: [] },
      });
      return SENT;
    }
  }
}
