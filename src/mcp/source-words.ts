/** Where a row's words are from, in the answers of the tools. */
import { z } from "zod";
import type { SourceKind } from "../contract/vocabulary.ts";
import { shownProject } from "../memory/project-name.ts";
import { SOURCE_WORDS } from "../memory/source-kind.ts";

export const SourceWord = z
  .string()
  .describe("Whose words it tells: person, agent, tool (output), web page, or by hand.");
export const By = z.string().optional().describe("Who recorded it, where it was not yourself.");
export const SavedFrom = z
  .string()
  .optional()
  .describe("Saved by an agent that worked in this other project.");

interface Sourced {
  source_kind: SourceKind;
  actor: string;
  saved_from?: string | undefined;
}

/** The members that say so, for `reader`. */
export function sourceOfRow(
  { source_kind, actor, saved_from }: Sourced,
  reader: string,
): { source: string; by?: string; saved_from?: string } {
  return {
    source: SOURCE_WORDS[source_kind],
    ...(actor === reader ? {} : { by: actor }),
    ...(saved_from === undefined ? {} : { saved_from: shownProject(saved_from) }),
  };
}

/** The same as parts of a line. */
export function sourceWords({
  source,
  by,
  saved_from,
}: {
  source: string;
  by?: string | undefined;
  saved_from?: string | undefined;
}): string[] {
  return [
    source,
    by === undefined ? "" : `by ${by}`,
    saved_from === undefined ? "" : `saved from ${saved_from}`,
  ];
}
