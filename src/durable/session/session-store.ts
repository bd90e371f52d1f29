/** Everything that a session's object keeps, and the view of it that the pure modules look at. */

import schema from "../../../migrations/session/schema.sql";
import type { Reader } from "../../access/caller.ts";
import type { EventCounts, TokenUsage } from "../../contract/sessions.ts";
import type { SessionState } from "../../contract/vocabulary.ts";
import { Database, type Migration } from "../../platform/database.ts";
import { Outbox } from "./outbox/outbox.ts";
import { Batches } from "./queue/batches.ts";
import { EventLog } from "./queue/event-log.ts";
import { type OpenBatch, sessionState } from "./queue/lifecycle.ts";
import { isSettled, type ScheduleView, workOf } from "./queue/schedule.ts";
import type { SessionDependencies } from "./session-dependencies.ts";
import { type Counters, countOf, type SessionRow, SessionTable } from "./session-row.ts";

export class SessionStore {
  readonly db: Database;
  readonly session: SessionTable;
  readonly log: EventLog;
  readonly batches: Batches;
  readonly outbox: Outbox;
  /** Failed announcements in a row in this life of the object, and when the next may be tried. */
  announcement = { failures: 0, notBefore: 0 };

  constructor(storage: DurableObjectStorage, migrations: readonly Migration[]) {
    this.db = new Database(storage, migrations, { whole: schema });
    this.session = new SessionTable(this.db);
    this.log = new EventLog(this.db);
    this.batches = new Batches(this.db);
    this.outbox = new Outbox(this.db);
  }

  /**
   * The session's row, or null where it was never heard of; creates nothing. How far batches and
   * numbers reach is read off the batches and the log, so that neither writes the row: what stands
   * there is the least, written where some are removed (`reached`).
   */
  row(): SessionRow | null {
    const row = this.session.read();
    if (row === null) return null;
    const reach = this.batches.reach();
    return {
      ...row,
      nextBatch: Math.max(row.nextBatch, reach.lastBatch + 1),
      lastBatchedSeq: Math.max(row.lastBatchedSeq, reach.toSeq),
      counters: highest(row.counters, this.log.counters()),
    };
  }

  /** The row as the reader sees it; null also where the reader may not know of the session. */
  rowFor(reader: Reader): SessionRow | null {
    return this.session.isVisible(reader) ? this.row() : null;
  }

  /** What has to be written to the row where events or batches are about to be removed. */
  reached(row: SessionRow): Pick<SessionRow, "nextBatch" | "lastBatchedSeq" | "counters"> {
    return { nextBatch: row.nextBatch, lastBatchedSeq: row.lastBatchedSeq, counters: row.counters };
  }

  /** The sequence number of the next event. Numbers that a batch covered never come back. */
  nextSeq(row: SessionRow): number {
    return Math.max(this.log.lastSeq(), row.lastBatchedSeq) + 1;
  }

  /** Time of the newest event, start or end, by our own clock. */
  touchedAt(row: SessionRow): number {
    return Math.max(row.touchedAt, this.log.lastReceivedAt() ?? 0);
  }

  counts(row: SessionRow): EventCounts {
    const counts = this.batches.counts(row.lastBatchedSeq);
    if (row.tombstone !== null) {
      counts.done += row.tombstone.done;
      counts.skipped += row.tombstone.skipped;
      counts.dead += row.tombstone.dead;
    }
    return counts;
  }

  /** Tokens of all calls of the session's life. */
  tokens(row: SessionRow): TokenUsage {
    const kept = this.batches.tokens();
    return {
      input: kept.input + (row.tombstone?.tokensInput ?? 0),
      output: kept.output + (row.tombstone?.tokensOutput ?? 0),
    };
  }

  /** Time of the newest event as the agent told it, ms; null where none ever came. */
  lastEventAt(row: SessionRow): number | null {
    return this.log.lastEventAt() ?? row.tombstone?.lastEventAt ?? null;
  }

  /** The state that the session shows to the outside. */
  state(row: SessionRow, now: number): SessionState {
    const counts = this.batches.counts(row.lastBatchedSeq);
    const { flushTo, endedAt, closedAt } = row;
    const queue = this.log.head(row.lastBatchedSeq);
    const said = queue.length - workOf({ queue, flushTo, endedAt, closedAt }).length;
    return sessionState({
      // What was only said waits for the next call: the session rests meanwhile.
      pending: Math.max(0, counts.pending - said),
      leased: counts.leased,
      outbox: this.outbox.waiting(),
      paused: isPaused(row, this.batches.open(), now),
      closed: row.closedAt !== null,
    });
  }

  /**
   * A project learns at once that a session has begun, ended or begun again. That it works or rests
   * it learns at the end of a drain: an alarm for that alone would cost more than it tells.
   */
  mustAnnounce(row: SessionRow): boolean {
    if (row.forgotten || !this.everHadEvents(row)) return false;
    if (row.announcedState === null) return true;
    return (row.announcedState === "closed") !== (row.closedAt !== null);
  }

  /** A session that only started and ended is not worth telling, and must not make a project. */
  everHadEvents(row: SessionRow): boolean {
    return row.announcedState !== null || this.lastEventAt(row) !== null;
  }

  /** True where nothing is left to process or to deliver. */
  isSettled(row: SessionRow): boolean {
    return isSettled({
      queue: this.log.head(row.lastBatchedSeq),
      flushTo: row.flushTo,
      endedAt: row.endedAt,
      closedAt: row.closedAt,
      batches: this.batches.open(),
      outboxDueAt: this.outbox.head()?.dueAt ?? null,
    });
  }

  /** What the alarm plan looks at. */
  schedule(
    row: SessionRow,
    life: Pick<SessionDependencies, "owner" | "retentionMs">,
  ): ScheduleView {
    const head = this.outbox.head();
    return {
      queue: this.log.head(row.lastBatchedSeq),
      flushTo: row.flushTo,
      batches: this.batches.open(),
      owner: life.owner,
      outboxDueAt: head?.dueAt ?? null,
      announceDueAt: this.mustAnnounce(row) ? this.announcement.notBefore : null,
      touchedAt: this.touchedAt(row),
      endedAt: row.endedAt,
      closedAt: row.closedAt,
      ending: row.ending !== null,
      tombstone: row.tombstone !== null && row.closedAt !== null,
      retentionMs: life.retentionMs,
    };
  }
}

/** True where batches wait for a provider that refused us. */
function isPaused(row: SessionRow, open: readonly OpenBatch[], now: number): boolean {
  const pauses = Object.values(row.providerPauses);
  return (
    pauses.some((pause) => pause.until > now) &&
    open.some((batch) => batch.error?.startsWith("refused_access") === true)
  );
}

/** The higher number of each series. */
function highest(stored: Counters, seen: Counters): Counters {
  const agents = { ...stored.agents };
  for (const [id, n] of Object.entries(seen.agents)) agents[id] = Math.max(countOf(agents, id), n);
  return {
    prompt: Math.max(stored.prompt, seen.prompt),
    say: Math.max(stored.say, seen.say),
    stop: Math.max(stored.stop, seen.stop),
    compact: Math.max(stored.compact, seen.compact),
    agents,
  };
}
