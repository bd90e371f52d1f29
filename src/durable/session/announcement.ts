/** Tells the project when the session's state has changed. */
import type { SessionDependencies } from "./session-dependencies.ts";
import type { SessionStore } from "./session-store.ts";

/**
 * Announces the session's state where the project believes another. The highest `seq` wins there,
 * so that a late announcement undoes nothing. Throws where the project cannot be reached: the
 * alarm's recovery tries again.
 */
export async function announce(store: SessionStore, deps: SessionDependencies): Promise<void> {
  const row = store.row();
  if (row === null || !store.everHadEvents(row)) return;
  const state = store.state(row, deps.now());
  if (state === row.announcedState) return;
  // Between two batches a session rests and works in turns: that much is asked live.
  if (state === "active" && row.announcedState === "idle") return;
  const seq = row.announcedSeq + 1;
  const number = await deps.projectNumber(row.team, row.project);
  await deps.project(row.team, number).announce(
    { name: row.project, number },
    {
      session: `${row.agent}/${row.sessionId}`,
      state,
      seq,
      lastEventAt: store.lastEventAt(row),
    },
  );
  const after = store.row();
  if (after === null || after.project !== row.project) return;
  store.session.update({ announcedState: state, announcedSeq: seq });
}
