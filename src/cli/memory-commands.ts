/** Commands on what is remembered, by hand: each item, each session, and what it cost. */
import { type Command, Option } from "commander";
import { OBSERVATION_TYPES } from "../contract/vocabulary.ts";
import type { AddFlags, EditFlags } from "./items.ts";
import { resolveTarget, type TargetFlags } from "./target.ts";

type Say = (line: string) => void;
/** Makes a command with the options of all that talk to a server. */
type ServerCommand = (nameAndArguments: string, description: string) => Command;

export const PROJECT_HELP = "the project (default: that of this folder)";
const TYPE_HELP = "what it is";

function several(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

export function addMemoryCommands(serverCommand: ServerCommand, say: Say): void {
  serverCommand("show", "show items and open points by their ids, whole")
    .argument("<ids...>")
    .option("--sources", "also what they were made from", false)
    .option("--json", "for programs", false)
    .action(async (ids: string[], flags: TargetFlags & { sources: boolean; json: boolean }) => {
      const { show } = await import("./items.ts");
      await show(resolveTarget(flags), ids, flags, say);
    });

  serverCommand("add", "remember something: words, or - for the standard input")
    .argument("<words...>")
    .option("--project <project>", PROJECT_HELP)
    .option("--title <title>", "default: the first line")
    .addOption(
      new Option("--type <type>", TYPE_HELP).choices(OBSERVATION_TYPES).default("decision"),
    )
    .option("--file <path>", "a file that it is about; may be repeated", several, [])
    .option("--json", "for programs", false)
    .action(async (words: string[], flags: TargetFlags & AddFlags) => {
      const { add } = await import("./items.ts");
      await add(resolveTarget(flags), words, flags, say);
    });

  serverCommand("edit", "change an observation; the old one stays as its history")
    .argument("<id>")
    .option("--title <title>")
    .option("--text <text>", "- takes it from the standard input")
    .addOption(new Option("--type <type>", TYPE_HELP).choices(OBSERVATION_TYPES))
    .option("--file <path>", "a file that it is about; may be repeated", several)
    .option("--json", "for programs", false)
    .action(async (id: string, flags: TargetFlags & EditFlags) => {
      const { edit } = await import("./items.ts");
      await edit(resolveTarget(flags), id, flags, say);
    });

  serverCommand("rm", "delete items for good, with the events that they were made from")
    .argument("<ids...>")
    .option("--yes", "do not ask whether you are sure", false)
    .option("--json", "for programs", false)
    .action(async (ids: string[], flags: TargetFlags & { yes: boolean; json: boolean }) => {
      const { remove } = await import("./items.ts");
      await remove(resolveTarget(flags), ids, flags, say);
    });

  serverCommand("sessions", "list the sessions of a project: request, person, age")
    .option("--project <project>", PROJECT_HELP)
    .option("--state <state>", "active, idle, paused or closed")
    .option("--json", "for programs", false)
    .action(async (flags: TargetFlags & { project?: string; state?: string; json: boolean }) => {
      const { sessions } = await import("./sessions.ts");
      await sessions(resolveTarget(flags), flags, say);
    });

  serverCommand("forget", "remove a session and all that it taught, for good")
    .argument("<session>", "<agent>/<id>, or the beginning of its id")
    .option("--project <project>", PROJECT_HELP)
    .option("--yes", "do not ask whether you are sure", false)
    .option("--json", "for programs", false)
    .action(
      async (
        session: string,
        flags: TargetFlags & { project?: string; yes: boolean; json: boolean },
      ) => {
        const { forget } = await import("./sessions.ts");
        await forget(resolveTarget(flags), session, flags, say);
      },
    );

  serverCommand("usage", "show what providers were paid for")
    .option("--by <what>", "day, project, provider, model, session, with commas", "day,model")
    .option("--since <day>", "first UTC day (default: 29 days ago)")
    .option("--until <day>", "last UTC day (default: today)")
    .option("--json", "for programs", false)
    .action(
      async (
        flags: TargetFlags & { by: string; since?: string; until?: string; json: boolean },
      ) => {
        const { usage } = await import("./usage.ts");
        await usage(resolveTarget(flags), flags, say);
      },
    );
}
