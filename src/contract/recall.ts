/** Answers of search, timeline and context. */
import { z } from "zod";
import { ItemKindSchema, SourceKindSchema } from "./items.ts";
import {
  EventKeys,
  Incomplete,
  IsoTime,
  ItemId,
  openEnum,
  ProjectName,
  SessionPath,
} from "./schema.ts";
import { OBSERVATION_TYPES } from "./vocabulary.ts";

/** The observation's type; null for items of other kinds. */
const Type = openEnum(OBSERVATION_TYPES).nullable();

export const SearchHitSchema = z
  .object({
    id: ItemId,
    kind: ItemKindSchema,
    project: ProjectName,
    type: Type,
    title: z.string(),
    file: z
      .string()
      .exactOptional()
      .meta({ description: "The file that it is most about, where it is about one" }),
    snippet: z.string(),
    score: z
      .number()
      .meta({ description: "0 to 1; comparable between the projects of one search" }),
    created_at: IsoTime,
    source_kind: SourceKindSchema,
    actor: z.string().meta({ description: "Whose it is" }),
    session: SessionPath,
    sources: EventKeys.meta({ description: "The first of its sources" }),
    channels: z.array(z.string()).meta({ description: "Which ways of searching found it" }),
    phrasings: z.array(z.number()).exactOptional().meta({
      description:
        "Which of several phrasings found it, by their place in the request; one more is the server's own",
    }),
    saved_from: ProjectName.exactOptional().meta({
      description: "Saved by an agent whose session belongs to this other project",
    }),
    times: z
      .number()
      .exactOptional()
      .meta({ description: "How often it was observed, where more than once" }),
    has_history: z
      .literal(true)
      .exactOptional()
      .meta({ description: "It replaced older ones, which can still be read" }),
    superseded_by: ItemId.exactOptional().meta({ description: "It is history: what replaced it" }),
    withdrawn: z
      .string()
      .exactOptional()
      .meta({ description: "It is history: why its own session took it back" }),
  })
  .meta({
    id: "SearchHit",
    description: "An index into the memory, at most 600 characters of JSON on average",
  });
export type SearchHit = z.infer<typeof SearchHitSchema>;

const QueryReadingSchema = z
  .object({
    phrases: z.array(z.string()).meta({ description: "What an item had to have" }),
    excluded: z.array(z.string()).meta({ description: "What it must not have" }),
    filters: z.array(z.string()).meta({ description: "Names of the filters in the text" }),
  })
  .meta({
    id: "QueryReading",
    description: "How a query was read that found nothing so: its text was searched as plain words",
  });
export type QueryReading = z.infer<typeof QueryReadingSchema>;

/** A reading as a sentence for people and models. */
export function tellReading({ phrases, excluded, filters }: QueryReading): string {
  const quoted = (texts: string[]) => texts.map((text) => JSON.stringify(text)).join(", ");
  const parts = [
    phrases.length === 0 ? "" : `with ${quoted(phrases)} required`,
    excluded.length === 0 ? "" : `without ${quoted(excluded)}`,
    filters.length === 0 ? "" : `filtered by ${filters.join(", ")}`,
  ];
  const read = parts.filter((part) => part !== "").join(", ");
  return `Nothing was found ${read}, so all of the query was searched as plain words.`;
}

export const SearchAnswerSchema = z
  .object({
    items: z.array(SearchHitSchema),
    fallback: z
      .literal("trigram")
      .exactOptional()
      .meta({ description: "Words were not found as they stand: similar ones were searched" }),
    similar: z.record(z.string(), z.array(z.string())).exactOptional().meta({
      description:
        "For each such word, what was searched in its place; an empty list: only similar text",
    }),
    read_as: QueryReadingSchema.exactOptional(),
    incomplete: Incomplete,
  })
  .meta({ id: "SearchAnswer" });
export type SearchAnswer = z.infer<typeof SearchAnswerSchema>;

const TimelineItemSchema = z
  .object({
    id: ItemId,
    kind: ItemKindSchema,
    project: ProjectName,
    session: SessionPath,
    type: Type,
    title: z.string(),
    detail: z.string().meta({
      description: "Observation: subtitle. Summary: what was completed and is next. Prompt: empty",
    }),
    prompt_number: z.number(),
    created_at: IsoTime,
    session_border: z
      .enum(["start", "end", "both"])
      .exactOptional()
      .meta({ description: "It is the first or the last of its session, or all of it" }),
  })
  .meta({ id: "TimelineItem" });
export type TimelineItem = z.infer<typeof TimelineItemSchema>;

export const TimelineSchema = z
  .object({
    anchor: ItemId.nullable().meta({
      description: "The item in the middle; null: nothing matched",
    }),
    items: z.array(TimelineItemSchema),
  })
  .meta({ id: "Timeline" });
export type Timeline = z.infer<typeof TimelineSchema>;

const ContextChoiceSchema = z
  .object({
    id: ItemId,
    kind: ItemKindSchema,
    title: z.string(),
    shown: z.enum(["full", "line", "no"]),
    worth: z.number(),
    reasons: z.array(z.string()),
  })
  .meta({ id: "ContextChoice", description: "Why something is shown, or is not" });
export type ContextChoice = z.infer<typeof ContextChoiceSchema>;

export const ProjectContextSchema = z
  .object({
    project: ProjectName,
    text: z.string().meta({ description: "What a session starts with; empty: nothing to tell" }),
    tokens: z.number(),
    observations: z.array(ItemId).meta({ description: "What the text shows, in its order" }),
    choices: z.array(ContextChoiceSchema).exactOptional().meta({ description: "With `explain=1`" }),
  })
  .meta({ id: "ProjectContext" });
export type ProjectContext = z.infer<typeof ProjectContextSchema>;
