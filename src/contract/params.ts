/** What requests may say: the parameters of all routes, and what they have in common. */
import { z } from "zod";
import { parseTime } from "../platform/time.ts";
import {
  BATCH_IDS_MAX,
  CONTEXT_TOKENS,
  NEIGHBOURS_MAX,
  PHRASINGS_MAX,
  QUERY_MAX_CHARS,
} from "./limits.ts";
import {
  CONCEPTS,
  ITEM_KINDS,
  OBSERVATION_TYPES,
  POINT_STATES,
  SESSION_STATES,
  USAGE_DIMENSIONS,
  type UsageDimension,
} from "./vocabulary.ts";

const VALUE_MAX_CHARS = 400;
const ID_MAX_CHARS = 40;
const TOKENS_MAX = 100_000;
const PROJECT_NAMED = "the project's git remote or name";

const ProjectParam = z
  .string({ error: `is required: ${PROJECT_NAMED}` })
  .min(1, `is required: ${PROJECT_NAMED}`)
  .meta({
    description: "The project's git remote in any form, or its name",
    example: "github.com/acme/app",
  });

/** Parts of a session's name in a path. */
export const AgentName = z
  .string()
  .meta({ description: "The agent, as `cairn connect` names it", example: "claude-code" });
export const SessionId = z.string().meta({
  description: "The agent's own id of the session, percent-encoded",
  example: "5f0c9c1e",
});

const OptionalProject = z.string().optional().meta({
  description: "The project's git remote or name; without it, all that the key may read",
  example: "github.com/acme/app",
});

const text = z.string().max(VALUE_MAX_CHARS).optional();

function time(bareDay: "start" | "end") {
  return z
    .string()
    .optional()
    .transform((value, context) => {
      if (value === undefined || value === "") return undefined;
      const at = parseTime(value, Date.now(), bareDay);
      if (at !== null) return at;
      context.addIssue({
        code: "custom",
        message:
          "is not a valid time: send an ISO time such as 2026-03-01T12:00:00Z, a day, or an age such as 7d",
      });
      return z.NEVER;
    });
}

export function oneOf<T extends string>(values: readonly T[]) {
  return z.enum(values as [T, ...T[]], { error: `must be one of ${values.join(", ")}` });
}

/** Filters of lists and searches, to be spread into a route's own schema. */
export const filterParams = {
  type: oneOf(OBSERVATION_TYPES).optional().meta({ description: "Only observations of this type" }),
  concept: oneOf(CONCEPTS).optional().meta({ description: "Only observations about this" }),
  file: text.meta({ description: "Only what touches this file: any part of its path" }),
  session: text.meta({ description: "Only this session: `<agent>/<session_id>`, or the id alone" }),
  branch: text.meta({ description: "Only what was done on this git branch" }),
  actor: text.meta({ description: "Only what this person's sessions recorded" }),
  since: time("start").meta({
    description: "From then on: an ISO time, a day, or an age such as 7d or 12h",
  }),
  until: time("end").meta({ description: "Up to then: an ISO time, a day, or an age such as 7d" }),
};

/** Filters as they are read: all of them have to hold. Times in ms since the epoch. */
export interface Filters {
  kind?: string;
  type?: string;
  concept?: string;
  /** Any part of a path: `live.ex`, `lib/spotter`. */
  file?: string;
  /** `<agent>/<session_id>`, or the session id alone. */
  session?: string;
  branch?: string;
  actor?: string;
  since?: number;
  until?: number;
  /** False: without what was only done; where it is left out, with it. */
  activity?: boolean;
}

/** The filters among a route's parameters, without those that were not sent. */
export function filtersOf(query: { [Name in keyof Filters]?: Filters[Name] | undefined }): Filters {
  const filters: Record<string, string | number> = {};
  for (const name of ["kind", ...Object.keys(filterParams)] as Exclude<
    keyof Filters,
    "activity"
  >[]) {
    const value = query[name];
    if (value !== undefined && value !== "") filters[name] = value;
  }
  return filters as Filters;
}

/** A whole number in a range. */
function count(standard: number, most: number, least = 1) {
  const message = `must be a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .pipe(z.number().min(least, message).max(most, message))
    .default(standard)
    .meta({
      description: `A whole number from ${least} to ${most}; ${standard} without it`,
      type: "integer",
      pattern: undefined,
      minimum: least,
      maximum: most,
    });
}

/** Set by any value but `0` and `false`. */
const Flag = z
  .string()
  .optional()
  .transform((value) => value !== undefined && !["", "0", "false"].includes(value));

/** An opaque name of a place in a list: the number after which the next page begins. */
export function cursorOf(n: string | null): string | null {
  return n === null ? null : btoa(`n:${n}`).replaceAll("=", "");
}

export const CursorParam = z
  .string()
  .optional()
  .transform((value, context) => {
    if (value === undefined || value === "") return null;
    const n = decodeCursor(value);
    if (n !== null) return n;
    context.addIssue({
      code: "custom",
      message: "is not a valid cursor: send `next` of the page before",
    });
    return z.NEVER;
  })
  .meta({ description: "`next` of the page before" });

function decodeCursor(value: string): number | null {
  if (!/^[A-Za-z0-9+/]{1,40}$/.test(value)) return null;
  try {
    const match = /^n:(\d{1,12})$/.exec(atob(value));
    return match === null ? null : Number(match[1]);
  } catch {
    return null;
  }
}

const listed = { limit: count(20, 100), cursor: CursorParam };

export const PageQuery = z.object(listed);

export const ObservationsQuery = z.object({
  project: ProjectParam,
  ...filterParams,
  activity: Flag.meta({
    description: "`1`: also what was only done and taught nothing, such as looking and listing",
  }),
  ...listed,
});

const { session, branch, actor, since, until } = filterParams;
export const SummariesQuery = z.object({
  project: ProjectParam,
  session,
  branch,
  actor,
  since,
  until,
  ...listed,
});

export const OpenPointsQuery = z.object({
  project: ProjectParam,
  state: oneOf(POINT_STATES).optional().meta({ description: "Only points in this state" }),
  ...listed,
});

/** The phrasings of one question, each a query of its own. */
const Phrasings = z
  .array(
    z
      .string()
      .max(QUERY_MAX_CHARS, `is longer than ${QUERY_MAX_CHARS} characters: search for fewer words`),
    { error: "is required: the words to search for" },
  )
  .max(PHRASINGS_MAX, `may be sent ${PHRASINGS_MAX} times at most: keep the best phrasings`);

export const SearchQuery = z.object({
  q: Phrasings.min(1).meta({
    description:
      'Words, identifiers, file names or an error message. `"a phrase"` must occur, `-word` must not. ' +
      "Empty with a filter: the newest that pass it. May be repeated with other phrasings of the same question",
    example: "retry budget",
  }),
  project: OptionalProject,
  kind: oneOf(ITEM_KINDS).optional().meta({ description: "Only items of this kind" }),
  ...filterParams,
  limit: count(10, 50),
});

export const TimelineQuery = z.object({
  around: z
    .string()
    .optional()
    .meta({ description: "Id of the item in the middle", example: "3-4567" }),
  q: Phrasings.default([]).meta({
    description:
      "Instead of `around`, with `project`: words whose best match it is. May be repeated with other phrasings",
  }),
  project: z.string().optional().meta({ description: "For `q`: the project's git remote or name" }),
  before: count(5, NEIGHBOURS_MAX, 0),
  after: count(5, NEIGHBOURS_MAX, 0),
});

export const ContextQuery = z.object({
  project: ProjectParam,
  tokens: count(CONTEXT_TOKENS, TOKENS_MAX),
  query: Phrasings.default([]).meta({
    description:
      "What is about to be done: what bears on it comes first. May be repeated with other phrasings",
  }),
  branch: text.meta({ description: "The git branch at hand" }),
  file: z
    .array(z.string())
    .default([])
    .meta({ description: "A path at hand: what touches it comes first. May be repeated" }),
  explain: Flag.meta({ description: "`1`: also tell each choice and its reasons" }),
});

export const SessionsQuery = z.object({
  project: ProjectParam,
  state: oneOf(SESSION_STATES).optional().meta({ description: "Only sessions in this state" }),
});

const PATH_MAX_CHARS = 4_096;
const path = z.string().max(PATH_MAX_CHARS, "is longer than any path").optional();

export const ProjectHereQuery = z.object({
  project: z
    .string()
    .optional()
    .meta({ description: "The git remote, or `git config cairn.project`" }),
  git_dir: path.meta({ description: "`git rev-parse --path-format=absolute --git-common-dir`" }),
  root: path.meta({ description: "`git rev-parse --show-toplevel`" }),
  folder: path.meta({ description: "The working folder" }),
  machine: text.meta({ description: "The id that `cairn connect` gave the machine" }),
});
export type ProjectHereRequest = z.infer<typeof ProjectHereQuery>;

export const ProjectInPath = z.string().meta({
  description: "The project's number, or its name with slashes percent-encoded",
  example: "github.com%2Facme%2Fapp",
});

export const RenameBody = z.strictObject({
  name: z
    .string({ error: "is required: the new name, or a git remote" })
    .max(VALUE_MAX_CHARS)
    .meta({ description: "The new name: a git remote in any form, or a plain name" }),
});

export const MergeBody = z.strictObject({
  into: z
    .string({ error: "is required: the project that takes everything over" })
    .max(VALUE_MAX_CHARS)
    .meta({ description: "The project that takes everything over: its name or number" }),
});

export const ProjectQuery = z.object({ project: ProjectParam });

export const FlushQuery = z.object({
  wait: Flag.meta({ description: "`1`: answer when all is done, or after a minute" }),
});

export const EndQuery = z.object({
  forget: Flag.meta({ description: "`1`: what was learnt from the session is forgotten too" }),
});

export const DeadKeysQuery = z.object({
  key: z
    .array(z.string())
    .default([])
    .meta({ description: "Key of a dead letter; all without it. May be repeated" }),
});

const Day = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], {
    error: "must be a day as YYYY-MM-DD, or an ISO time",
  })
  .transform((value) => new Date(value).toISOString().slice(0, "YYYY-MM-DD".length))
  .optional();

const DEFAULT_BY: UsageDimension[] = ["day", "project", "provider", "model"];

export const UsageQuery = z.object({
  since: Day.meta({ description: "First UTC day; without it, 29 days before today" }),
  until: Day.meta({ description: "Last UTC day, included; without it, today" }),
  by: z
    .string()
    .transform((value) => value.split(",").map((part) => part.trim()))
    .pipe(z.array(oneOf(USAGE_DIMENSIONS)))
    .default(DEFAULT_BY)
    .meta({
      description: `What to group by, separated by commas: ${USAGE_DIMENSIONS.join(", ")}. The first four without it`,
      example: "day,provider",
    }),
});

export const BatchBody = z.object({
  ids: z
    .array(z.string().max(ID_MAX_CHARS), {
      error: 'must be a list of ids, for example ["3-4567"]',
    })
    .max(BATCH_IDS_MAX, `must be at most ${BATCH_IDS_MAX} ids: ask for fewer at once`),
});

const Limit = z.int().min(0).nullable().optional();
// Strict, so that a misspelt limit is an error and not a limit that never holds.
const Limits = z
  .strictObject({ input: Limit, output: Limit })
  .optional()
  .meta({ description: "Most tokens per UTC day; null: no limit" });

export const BudgetChangeBody = z
  .strictObject({ session: Limits, project: Limits, team: Limits })
  .meta({ description: "What is left out stays as it is; null takes a limit away" });
export type BudgetChange = z.infer<typeof BudgetChangeBody>;

export const SAVED_TITLE_MAX_CHARS = 200;
const SAVED_NARRATIVE_MAX_CHARS = 20_000;
const SAVED_FACT_MAX_CHARS = 1000;
const SAVED_LIST_MAX = 50;
const SAVED_FILE_MAX_CHARS = 500;

function words(maxChars: number) {
  return z
    .string({ error: "must be a text" })
    .max(maxChars, `must be at most ${maxChars} characters`);
}

/** An observation that a person or an agent saves by hand. Secrets are taken out before it is stored. */
export const SaveBody = z.object({
  project: z
    .string({ error: `is required: ${PROJECT_NAMED}` })
    .meta({ description: "The project's git remote in any form, or its name" }),
  title: words(SAVED_TITLE_MAX_CHARS),
  narrative: words(SAVED_NARRATIVE_MAX_CHARS),
  type: oneOf(OBSERVATION_TYPES).default("discovery"),
  facts: z.array(words(SAVED_FACT_MAX_CHARS)).max(SAVED_LIST_MAX).default([]),
  concepts: z.array(oneOf(CONCEPTS)).max(CONCEPTS.length).default([]),
  files: z.array(words(SAVED_FILE_MAX_CHARS)).max(SAVED_LIST_MAX).default([]),
  supersedes: z
    .string()
    .max(ID_MAX_CHARS)
    .nullish()
    .meta({ description: "Id of the observation that this one replaces" }),
});
