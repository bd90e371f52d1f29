/** Parameters that several tools share, with what a model needs to know to fill them in. */
import { z } from "zod";
import { PHRASINGS_MAX, QUERY_MAX_CHARS } from "../contract/limits.ts";
import { CursorParam, filterParams } from "../contract/params.ts";
import type { ProjectRef } from "../memory/delivery.ts";
import { truncate } from "../platform/truncate.ts";
import type { CallContext } from "../service/call-context.ts";
import { requestedProject } from "../service/project-lookup.ts";

const PROJECT_MAX_CHARS = 2000;
const PROJECT_HINT =
  "The repository's git remote in any form (git@github.com:acme/app.git, https://github.com/acme/app), " +
  "or a project's name as list_projects shows it.";

const projectText = z.string().max(PROJECT_MAX_CHARS);

export const WantedProject = projectText.describe(PROJECT_HINT);
export const OptionalProject = projectText
  .optional()
  .describe(`${PROJECT_HINT} Without it: all projects that the key may read.`);

/** What models write around an id: `#3-4567`, `[3-4567]`. */
const AROUND_ID = /^[\s"'`#([]+|[\s"'`)\],.]+$/g;

export const ItemId = z
  .string()
  .max(40)
  .transform((id) => id.replace(AROUND_ID, ""))
  .describe("An id such as 3-4567.");

export const Cursor = CursorParam.describe("`next` of the answer before, to read on.");

const phrasing = z
  .string()
  .max(QUERY_MAX_CHARS, `must be at most ${QUERY_MAX_CHARS} characters: search for fewer words`);

/** A query, and `queries` for its other phrasings. */
export function queryInputs(hint: string) {
  return {
    query: phrasing.optional().describe(hint),
    queries: z
      .array(phrasing)
      .max(PHRASINGS_MAX, `must be at most ${PHRASINGS_MAX} phrasings: keep the best`)
      .default([])
      .describe(
        "The same question in two or three phrasings, one of them in the log's own words: the command, " +
          "the file, the error text. What several of them find comes first.",
      ),
  };
}

/** The phrasings that were passed, each once; empty texts are none. */
export function phrasingsOf(input: { query?: string | undefined; queries: string[] }): string[] {
  const all = [input.query ?? "", ...input.queries].filter((text) => text.trim() !== "");
  return [...new Set(all)].slice(0, PHRASINGS_MAX);
}

/** Filters of observations; times and types as the REST API takes them. */
export const filterInputs = {
  type: filterParams.type.describe("Only observations of this type."),
  concept: filterParams.concept.describe("Only observations that carry this concept."),
  file: filterParams.file.describe(
    "Only what touches this file: any part of its path, for example queue.ts or src/http.",
  ),
  session: filterParams.session.describe("Only this session: <agent>/<session id>."),
  branch: filterParams.branch.describe("Only what was done on this git branch."),
  since: filterParams.since.describe("From then on: ISO time, a day, or an age such as 7d or 12h."),
  until: filterParams.until.describe("Up to then: ISO time, a day, or an age such as 7d."),
};

/** Member of outputs that quote the memory: some clients show their model nothing but the structure. */
export const Record = z.string().describe("What the rows are, and how far to trust them.");

/** A whole number in a range, with its standard value. */
export function wholeNumber(standard: number, least: number, most: number, hint: string) {
  const message = `must be a whole number from ${least} to ${most}`;
  return z
    .int(message)
    .min(least, message)
    .max(most, message)
    .default(standard)
    .describe(`${hint} ${least} to ${most}, ${standard} unless told.`);
}

/** Undefined: none was named. Null: there is none of this name. Throws ApiError for no usable name. */
export async function namedProject(
  call: CallContext,
  value: string | undefined,
): Promise<ProjectRef | null | undefined> {
  if (value === undefined || value.trim() === "") return undefined;
  return requestedProject(call, value);
}

/** For an answer that is empty because the project is not known. */
export function unknownProject(value: string | undefined): string {
  return (
    `Nothing is recorded under the project ${JSON.stringify(truncate(value ?? "", 200))}. ` +
    "list_projects shows those that there are; without a project, all are searched."
  );
}
