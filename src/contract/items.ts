/** Observations, summaries and prompts on the wire. Ids read `<project's number>-<n>`, times are ISO. */
import { z } from "zod";
import {
  EventKeys,
  Incomplete,
  IsoTime,
  ItemId,
  openEnum,
  ProjectName,
  SessionPath,
} from "./schema.ts";
import {
  CONCEPTS,
  EVENT_KINDS,
  ITEM_KINDS,
  OBSERVATION_TYPES,
  SOURCE_KINDS,
} from "./vocabulary.ts";

export const SourceKindSchema = openEnum(SOURCE_KINDS).meta({
  description:
    "Whose words it tells: a `person`'s, the `agent`'s, a `tool`'s output, a `web` page's or tracker's, or saved by `hand`",
});

/** What all kinds carry. */
const stamp = {
  id: ItemId,
  project: ProjectName,
  session: SessionPath,
  agent: z.string(),
  prompt_number: z.number().meta({ description: "The turn, from 1; 0 for what belongs to none" }),
  sources: EventKeys,
  created_at: IsoTime,
  actor: z.string().meta({
    description: "The person whose session it was, or who sent a part of it into another's",
  }),
  source_kind: SourceKindSchema,
  branch: z.string().nullable(),
  commit: z.string().nullable(),
};

/** Who wrote it. */
const author = {
  provider: z
    .string()
    .nullable()
    .meta({ description: "`hand` for one saved by a person or an agent" }),
  model: z.string().nullable(),
  degraded: z
    .string()
    .nullable()
    .meta({ description: "Why a lesser provider than the first of the chain wrote this" }),
};

export const ObservationSchema = z
  .object({
    ...stamp,
    ...author,
    kind: z.literal("observation"),
    type: openEnum(OBSERVATION_TYPES),
    title: z.string(),
    subtitle: z.string(),
    narrative: z.string(),
    facts: z.array(z.string()),
    concepts: z.array(openEnum(CONCEPTS)),
    files_read: z.array(z.string()),
    files_modified: z.array(z.string()),
    saved_from: ProjectName.optional().meta({
      description: "Saved by an agent whose session belongs to this other project",
    }),
    tokens: z.number().meta({ description: "Characters / 4 of what is shown" }),
    repeats: ItemId.nullable().meta({ description: "The first one that says nearly the same" }),
    supersedes: ItemId.nullable().meta({ description: "The one that this one replaces" }),
    superseded_by: ItemId.nullable().meta({ description: "What replaced it: this one is history" }),
    withdrawn: z.string().optional().meta({
      description: "Why its own session took it back: this one is history",
    }),
  })
  .meta({ id: "Observation" });
export type Observation = z.infer<typeof ObservationSchema>;

export const SummarySchema = z
  .object({
    ...stamp,
    ...author,
    kind: z.literal("summary"),
    request: z.string(),
    investigated: z.string(),
    learned: z.string(),
    completed: z.string(),
    next_steps: z.string(),
  })
  .meta({ id: "Summary", description: "What one turn set out to do, found, did and left" });
export type Summary = z.infer<typeof SummarySchema>;

const PromptSchema = z
  .object({ ...stamp, kind: z.literal("prompt"), text: z.string() })
  .meta({ id: "Prompt" });
export type Prompt = z.infer<typeof PromptSchema>;

export const ItemSchema = z
  .discriminatedUnion("kind", [ObservationSchema, SummarySchema, PromptSchema])
  .meta({ id: "Item" });
export type Item = z.infer<typeof ItemSchema>;

export const ItemKindSchema = openEnum(ITEM_KINDS);

export const ItemsByIdSchema = z.object({ items: z.array(ItemSchema), incomplete: Incomplete });

export const DeletedItemSchema = z.object({
  deleted: ItemId,
  removed: z
    .object({
      items: z.number(),
      events: z.number().meta({ description: "Raw events of its session that were emptied" }),
    })
    .meta({ description: "The receipt: what was removed" }),
});
export type DeletedItem = z.infer<typeof DeletedItemSchema>;

const KeptSourceSchema = z.object({
  key: z.string(),
  kind: openEnum(EVENT_KINDS),
  at: IsoTime,
  prompt_number: z.number(),
  person: z.string().meta({ description: "Who sent it" }),
  body: z
    .unknown()
    .meta({ description: "What the event holds, as it was stored: redacted and cut" }),
});

export const ItemSourcesSchema = z
  .object({
    id: ItemId,
    project: ProjectName,
    session: SessionPath,
    agent: z.string(),
    prompt_number: z.number(),
    created_at: IsoTime,
    sources: EventKeys,
    kept: z.array(KeptSourceSchema).meta({ description: "The raw events that are still kept" }),
    gone: z.array(z.string()).meta({ description: "Keys of those that are not" }),
  })
  .meta({ id: "ItemSources" });
export type ItemSources = z.infer<typeof ItemSourcesSchema>;
