/** One search over one project, or over all that the caller may reach, asked side by side. */

import { readerOf } from "../access/caller.ts";
import type { Filters } from "../contract/params.ts";
import type { SearchAnswer } from "../contract/recall.ts";
import { mergeAnswers } from "../durable/project/search/merge-answers.ts";
import type { ProjectRef } from "../memory/delivery.ts";
import type { CallContext } from "./call-context.ts";
import { objectOf } from "./project-lookup.ts";
import { eachProject, incompleteness } from "./projects.ts";

export interface MemorySearch {
  q: string;
  filters: Filters;
  limit: number;
}

/** Searches one project, or without one all that the caller may reach, whose ranks are merged. */
export async function searchMemory(
  call: CallContext,
  project: ProjectRef | undefined,
  search: MemorySearch,
): Promise<SearchAnswer> {
  const query = { ...search, now: call.now };
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
