/** What the doctor asks a session: what is wrong, and what was repaired by looking. */

import schema from "../../../../migrations/session/schema.sql";
import type { SessionState } from "../../../contract/vocabulary.ts";
import { sessionPath } from "../../../memory/session-name.ts";
import type { SessionRow } from "../session-row.ts";
import type { SessionStore } from "../session-store.ts";

/** How long a session without a start is worth telling of: what was wrong then may be repaired since. */
const START_MISSED_MS = 24 * 60 * 60 * 1000;

export interface Inspection {
  session: string;
  state: SessionState;
  /** What the project was last told. */
  announced: SessionState | null;
  /** Work stood without an alarm; it has one now. */
  stranded: boolean;
  /** Leases that nobody would answer; they are pending again. */
  abandoned: number;
  dead: number;
  /** Entries that wait, and how long the first one has been failing. */
  outbox: number;
  outboxAttempts: number;
  outboxError: string | null;
  pausedProviders: string[];
  /** Provider -> why its newest call failed, where that pauses nothing. Absent from older releases. */
  failingProviders?: Record<string, string>;
  /** It is worked in today, and its start was never heard of. Absent from older releases. */
  startMissed?: boolean;
  /** Faults in a row of the object's own. */
  recoveries: number;
  /** Tables that are not as the migrations make them. */
  schemaDiffers: string[];
}

export function inspect(
  store: SessionStore,
  row: SessionRow,
  repaired: { abandoned: number; stranded: boolean; now: number },
): Inspection {
  const head = store.outbox.head();
  return {
    session: sessionPath(row),
    state: store.state(row, repaired.now),
    announced: row.announcedState,
    stranded: repaired.stranded,
    abandoned: repaired.abandoned,
    dead: store.counts(row).dead,
    outbox: store.outbox.waiting(),
    outboxAttempts: head?.attempts ?? 0,
    outboxError: store.outbox.lastError(),
    pausedProviders: Object.entries(row.providerPauses)
      .filter(([, pause]) => pause.until > repaired.now)
      .map(([name]) => name),
    failingProviders: Object.fromEntries(
      Object.entries(row.providerPauses)
        .filter(([, pause]) => pause.refusals === 0)
        .map(([name, { reason }]) => [name, reason]),
    ),
    startMissed: !row.started && repaired.now - row.touchedAt < START_MISSED_MS,
    recoveries: row.recoveries,
    schemaDiffers: store.db.schemaDifferences(schema),
  };
}
