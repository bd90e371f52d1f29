import { z } from "zod";
import { SaveBody } from "../../contract/params.ts";
import { shownProject } from "../../memory/project-name.ts";
import { saveByHand } from "../../service/save.ts";
import { ItemId, WantedProject } from "../parameters.ts";
import type { Tool } from "../tool.ts";

const { title, narrative, type, facts, concepts, files } = SaveBody.shape;

const Input = z.object({
  project: WantedProject,
  title: title.describe("One sentence that will be understood on its own in a year."),
  narrative: narrative.describe("What was learnt, why it holds, and how to act on it."),
  type: type.describe("What kind of knowledge it is."),
  facts: facts.describe("Single checkable statements: names, values, commands, limits."),
  concepts: concepts.describe("What it explains."),
  files: files.describe("Paths that it is about, relative to the repository."),
  supersedes: ItemId.nullish().describe(
    "Id of the observation of this project that is no longer right: it stays readable as history, and this one is preferred from now on.",
  ),
  idempotency_key: z
    .string()
    .min(1)
    .optional()
    .describe("Any text of your own that names this save: repeating the call with it saves once."),
});

const Output = z.object({
  id: z.string(),
  project: z.string(),
  title: z.string(),
  supersedes: z.string().nullable(),
  redacted: z.boolean().describe("Secrets in it were replaced before it was stored."),
});

export const saveMemoryTool: Tool<typeof Input, typeof Output> = {
  name: "save_memory",
  title: "Save something worth remembering",
  description: `Save one thing that later sessions of the team should know: a decision and its reason, a gotcha, how something works, a convention, a correction of what the memory says. What you do with tools is recorded by itself; save what the record of your actions will not show, or what the user asks you to remember.

One observation per call, about one thing. Search first: where an older observation is no longer right, pass its id as supersedes instead of adding a second truth. Secrets and <private> parts are taken out before anything is stored; do not save them.`,
  input: Input,
  output: Output,
  writes: true,
  async run({ idempotency_key, ...body }, call) {
    const saved = await saveByHand(call, body, idempotency_key ?? null);
    const structured = {
      id: saved.id,
      project: saved.project,
      title: saved.title,
      supersedes: saved.supersedes,
      redacted: saved.title.includes("[redacted:") || saved.narrative.includes("[redacted:"),
    };
    const notes = [`Saved as ${saved.id} in ${shownProject(saved.project)}.`];
    if (saved.supersedes !== null) notes.push(`${saved.supersedes} is history now.`);
    if (structured.redacted) notes.push("Secrets in it were replaced before it was stored.");
    return { structured, text: notes.join(" ") };
  },
};
