/** Tells the project when the session's state has changed. */
import type { AnnouncementAnswer } from "../../../memory/delivery.ts";
import { sessionPath } from "../../../memory/session-name.ts";
import { deliveryBackoffMs } from "../queue/retry.ts";
import type { SessionDependencies } from "../session-dependencies.ts";
import { sessionLog } from "../session-log.ts";
import type { SessionStore } from "../session-store.ts";

/**
 * Announces the session's state where the project believes another, and keeps what the project
 * answers of its open points. The highest `seq` wins there,
 * so that a late announcement undoes nothing. A project that cannot be reached is told later and
 * holds up nothing else. A forgotten session has nothing to tell.
 */
export async function announce(store: SessionStore, deps: SessionDependencies): Promise<void> {
  const row = store.row();
  if (row === null || row.forgotten || !store.everHadEvents(row)) return;
  const state = store.state(row, deps.now());
  if (state === row.announcedState) return;
  // Between two batches a session rests and works in turns: that much is asked live.
  if (state === "active" && row.announcedState === "idle") return;
  const seq = row.announcedSeq + 1;
  let told: AnnouncementAnswer | undefined;
  try {
    // After a failure: the project may have been merged into another one.
    const isFresh = store.announcement.failures > 0;
    const number = await deps.projectNumber(row.team, row.project, isFresh);
    told = await deps.project(row.team, number).announce({
      project: { name: row.project, number },
      announcement: {
        session: sessionPath(row),
        state,
        seq,
        lastEventAt: store.lastEventAt(row),
        generation: row.generation,
        person: row.actor,
      },
    });
  } catch (error) {
    const failures = store.announcement.failures + 1;
    const delay = deliveryBackoffMs(failures, deps.random());
    store.announcement = { failures, notBefore: deps.now() + delay };
    sessionLog(row)("warn", "announcement_failed", { failures }, error);
    return;
  }
  store.announcement = { failures: 0, notBefore: 0 };
  const after = store.row();
  if (after === null || after.project !== row.project) return;
  store.session.update({
    announcedState: state,
    announcedSeq: seq,
    ...(told === undefined ? {} : { pointsTold: told.openPoints }),
  });
}
