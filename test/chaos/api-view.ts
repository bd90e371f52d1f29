/** What the server itself says of a session: counts, dead letters, observations and summaries. */
import { z } from "zod";
import { call, listAll, SessionSchema } from "../../src/cli/api.ts";
import type { Target } from "./client.ts";

const DeadSchema = z.object({
  items: z.array(z.object({ key: z.string(), attempts: z.number(), error: z.string().nullable() })),
});
const ObservationSchema = z.object({
  id: z.string(),
  sources: z.array(z.string()),
  provider: z.string().nullable(),
  degraded: z.string().nullable(),
});
const SummarySchema = z.object({
  id: z.string(),
  prompt_number: z.number(),
  sources: z.array(z.string()),
});
const ViewSchema = SessionSchema.extend({ project: z.string(), outbox: z.number() });
const SourcesSchema = z.object({
  kept: z.array(z.object({ key: z.string() })),
  gone: z.array(z.string()),
});

export interface ApiView {
  session: z.infer<typeof ViewSchema>;
  dead: z.infer<typeof DeadSchema>["items"];
  observations: z.infer<typeof ObservationSchema>[];
  summaries: z.infer<typeof SummarySchema>[];
  /** Of one observation: whether each of its sources can still be read. */
  sample: z.infer<typeof SourcesSchema> | null;
}

export async function readApiView(target: Target, path: string): Promise<ApiView> {
  const session = await call(target, `sessions/${path}`, ViewSchema);
  const query = { project: session.project, session: path };
  const observations = await listAll(target, "observations", ObservationSchema, query);
  const first = observations[0];
  return {
    session,
    dead: (await call(target, `sessions/${path}/dead`, DeadSchema)).items,
    observations,
    summaries: await listAll(target, "summaries", SummarySchema, query),
    sample:
      first === undefined
        ? null
        : await call(target, `observations/${first.id}/sources`, SourcesSchema),
  };
}

/** True where nothing of the session waits any more. */
export function isSettled(session: z.infer<typeof ViewSchema>): boolean {
  return session.events.pending + session.events.leased + session.outbox === 0;
}

/** Asks for what waits, and waits up to a minute for it. */
export function flushAndWait(target: Target, path: string): Promise<z.infer<typeof ViewSchema>> {
  return call(target, `sessions/${path}/flush`, ViewSchema, { method: "POST", query: { wait: 1 } });
}
