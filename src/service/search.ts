/** One search over one project, or over all that the caller may reach, asked side by side. */

import { readerOf } from "../access/caller.ts";
import type { Filters } from "../contract/params.ts";
import type { SearchAnswer } from "../contract/recall.ts";
import { mergeAnswers } from "../durable/project/search/merge-answers.ts";
import type { ProjectRef } from "../memory/delivery.ts";
import type { CallContext } from "./call-context.ts";
import { objectOf } from "./project-lookup.ts";
import { eachProject, incompleteness } from "./projects.ts";
import { otherPhrasing } from "./rephrasing.ts";

export interface MemorySearch {
  /** Phrasings of one question: at least one. */
  phrasings: readonly string[];
  filters: Filters;
  limit: number;
}

/**
 * Searches one project, or without one all that the caller may reach, whose answers are merged. Where a
 * model is configured, a single phrasing gets a second one from it.
 */
export async function searchMemory(
  call: CallContext,
  project: ProjectRef | undefined,
  search: MemorySearch,
): Promise<SearchAnswer> {
  const { filters, limit } = search;
  const other = await otherPhrasing(call, project?.number ?? null, search.phrasings);
  const phrasings = other === null ? search.phrasings : [...search.phrasings, other];
  const query = { ...asked(phrasings), filters, limit, now: call.now };
  if (project !== undefined) {
    return await objectOf(call, project).repeatable((stub) =>
      stub.search(readerOf(call.caller), { ...query, project }),
    );
  }
  const found = await eachProject(call, (stub, one, reader) =>
    stub.search(reader, { ...query, project: one }),
  );
  const merged = mergeAnswers(
    found.answers.map(({ answer }) => answer),
    search.limit,
  );
  return { ...merged, ...incompleteness(found) };
}

/** Phrasings as objects are asked for them, without empty ones. */
export function asked(phrasings: readonly string[]): { q: string; also: string[] } {
  const [q = "", ...also] = phrasings.filter((text) => text.trim() !== "");
  return { q, also };
}
