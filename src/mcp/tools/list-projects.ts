import { z } from "zod";
import { cursorOf } from "../../contract/params.ts";
import { knownProjects } from "../../service/projects.ts";
import { Cursor, wholeNumber } from "../parameters.ts";
import { ageOfIso, record, row, SOME_SILENT, withNote } from "../rendering.ts";
import type { Tool } from "../tool.ts";

const LIMIT = 30;
const LIMIT_MAX = 100;

const Input = z.object({
  contains: z.string().max(300).optional().describe("Only projects with this in their name."),
  limit: wholeNumber(LIMIT, 1, LIMIT_MAX, "Rows of the answer."),
  cursor: Cursor,
});

const Output = z.object({
  items: z.array(
    z.object({
      project: z.string(),
      observations: z.number(),
      last_active: z.string().nullable().describe("How long ago; null where nothing was recorded."),
    }),
  ),
  next: z.string().nullable().describe("Cursor of the following rows."),
});

export const listProjectsTool: Tool<typeof Input, typeof Output> = {
  name: "list_projects",
  title: "List the projects of the memory",
  description: `The projects that the memory knows, the one that was worked on last first, with the number of observations in each. A project is a repository, named by its git remote (github.com/acme/app), whatever clone, worktree or machine it was worked on from.

Use it to find the name to pass as project to search, recent_context and save_memory; a git remote in any form works there too.`,
  input: Input,
  output: Output,
  writes: false,
  async run(input, call) {
    const wanted = input.contains?.toLowerCase() ?? "";
    const known = await knownProjects(call);
    const all = known.items
      .filter(({ project }) => project.includes(wanted))
      .sort((a, b) => (b.last_event_at ?? "").localeCompare(a.last_event_at ?? ""));
    const offset = input.cursor ?? 0;
    const end = offset + input.limit;
    const items = all.slice(offset, end).map(({ project, observations, last_event_at }) => ({
      project,
      observations,
      last_active: last_event_at === null ? null : ageOfIso(last_event_at, call.now),
    }));
    const next = all.length > end ? cursorOf(String(end)) : null;
    const lines = items.map(({ project, observations, last_active }) =>
      row([project, `${observations} observations`, last_active ?? "never"]),
    );
    const notes = [
      ...(next === null ? [] : [`More: cursor=${next}.`]),
      ...(known.incomplete === true ? [SOME_SILENT] : []),
    ];
    const text =
      items.length === 0
        ? withNote(
            "No project is known under this name, or nothing was recorded yet.",
            notes.join(" "),
          )
        : withNote(record(lines), notes.join(" "));
    return { structured: { items, next }, text };
  },
};
