/** Sessions and their dead letters on the wire. */
import { z } from "zod";
import { IsoTime, openEnum, ProjectName, SessionPath } from "./schema.ts";
import { EVENT_KINDS, SESSION_STATES } from "./vocabulary.ts";

const State = openEnum(SESSION_STATES);

const EventCountsSchema = z
  .object({
    pending: z.number(),
    leased: z.number().meta({ description: "A provider has them" }),
    done: z.number(),
    skipped: z.number().meta({ description: "Taught nothing, for a reason" }),
    dead: z.number().meta({ description: "No provider could compress them" }),
  })
  .meta({ id: "EventCounts" });
export type EventCounts = z.infer<typeof EventCountsSchema>;

export const TokenUsageSchema = z
  .object({ input: z.number(), output: z.number() })
  .meta({ description: "As a provider counted them; input includes cache creation and reads" });
export type TokenUsage = z.infer<typeof TokenUsageSchema>;

const RemovedSchema = z
  .object({
    events: z.number().meta({ description: "Raw events of the session" }),
    observations: z.number(),
    summaries: z.number(),
    prompts: z.number(),
    open_points: z.number().optional(),
  })
  .meta({ id: "Removed", description: "The receipt of a forgetting: how much was removed" });
export type Removed = z.infer<typeof RemovedSchema>;

export const SessionViewSchema = z
  .object({
    session: SessionPath,
    project: ProjectName,
    person: z.string().meta({ description: "Who began it" }),
    state: State,
    events: EventCountsSchema,
    attempts: z.number().meta({ description: "Most attempts of any event that is not done" }),
    tokens: TokenUsageSchema,
    provider: z.string().nullable().meta({ description: "Who wrote the newest" }),
    last_error: z.string().nullable(),
    last_event_at: IsoTime.nullable(),
    outbox: z.number().meta({ description: "Deliveries that wait" }),
    paused_providers: z
      .array(z.object({ provider: z.string(), until: IsoTime, reason: z.string() }))
      .meta({ description: "Those that refused us, and when they are asked again" }),
    failing_providers: z
      .array(z.object({ provider: z.string(), reason: z.string() }))
      .exactOptional()
      .meta({ description: "Those whose newest call failed otherwise" }),
    forgotten: z.boolean(),
    removed: RemovedSchema.optional(),
  })
  .meta({ id: "Session" });
export type SessionView = z.infer<typeof SessionViewSchema>;

const ListedSessionSchema = z
  .union([
    SessionViewSchema.extend({ live: z.literal(true) }),
    z.object({
      session: SessionPath,
      state: State,
      last_event_at: IsoTime.nullable(),
      live: z.literal(false),
    }),
  ])
  .meta({
    id: "ListedSession",
    description: "`live`: asked just now; else as it last told its project",
  });
export type ListedSession = z.infer<typeof ListedSessionSchema>;

export const SessionListSchema = z.object({
  items: z.array(ListedSessionSchema),
  approximate: z
    .boolean()
    .meta({ description: "More sessions are open than are asked: some may have moved on" }),
});
export type SessionList = z.infer<typeof SessionListSchema>;

export const RedoneSchema = z.object({
  batches: z.number().meta({ description: "How many batches are compressed again" }),
});

export const EndedSchema = z.object({
  ended: z.literal(true),
  forgotten: z.boolean(),
  removed: RemovedSchema.optional(),
});

const DeadLetterSchema = z
  .object({
    key: z.string().meta({ description: "The event's key", example: "tool:toolu_01" }),
    kind: openEnum(EVENT_KINDS),
    tool: z.string().nullable(),
    at: IsoTime,
    attempts: z.number(),
    error: z.string().nullable(),
  })
  .meta({ id: "DeadLetter", description: "An event that no provider could compress" });
export type DeadLetter = z.infer<typeof DeadLetterSchema>;

export const DeadLettersSchema = z.object({ items: z.array(DeadLetterSchema) });

const ProjectDeadLetterSchema = DeadLetterSchema.extend({ session: SessionPath });
export type ProjectDeadLetter = z.infer<typeof ProjectDeadLetterSchema>;

export const ProjectDeadLettersSchema = z.object({ items: z.array(ProjectDeadLetterSchema) });

export const RetriedSchema = z.object({ retried: z.number() });
export const DroppedSchema = z.object({ dropped: z.number() });
