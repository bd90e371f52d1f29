/** What the server itself says of a session: counts, dead letters, observations and summaries. */
import { call, listAll } from "../../src/cli/api.ts";
import {
  type ItemSources,
  ItemSourcesSchema,
  type Observation,
  ObservationSchema,
  type Summary,
  SummarySchema,
} from "../../src/contract/items.ts";
import {
  type DeadLetter,
  DeadLettersSchema,
  type SessionView,
  SessionViewSchema,
} from "../../src/contract/sessions.ts";
import type { Target } from "./client.ts";

export interface ApiView {
  session: SessionView;
  dead: DeadLetter[];
  observations: Observation[];
  summaries: Summary[];
  /** Of one observation: whether each of its sources can still be read. */
  sample: ItemSources | null;
}

export async function readApiView(target: Target, path: string): Promise<ApiView> {
  const session = await call(target, `sessions/${path}`, SessionViewSchema);
  const query = { project: session.project, session: path };
  const all = { ...query, activity: "1" };
  const observations = await listAll(target, "observations", ObservationSchema, all);
  const first = observations[0];
  return {
    session,
    dead: (await call(target, `sessions/${path}/dead`, DeadLettersSchema)).items,
    observations,
    summaries: await listAll(target, "summaries", SummarySchema, query),
    sample:
      first === undefined
        ? null
        : await call(target, `observations/${first.id}/sources`, ItemSourcesSchema),
  };
}

/** True where nothing of the session waits any more. */
export function isSettled(session: SessionView): boolean {
  return session.events.pending + session.events.leased + session.outbox === 0;
}

/** Asks for what waits, and waits up to a minute for it. */
export function flushAndWait(target: Target, path: string): Promise<SessionView> {
  return call(target, `sessions/${path}/flush`, SessionViewSchema, {
    method: "POST",
    query: { wait: 1 },
  });
}
