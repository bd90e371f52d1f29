/** How work goes in a repository: what ran and passed before one commit after the other. */
import type { DraftObservation } from "../../memory/observation.ts";
import type { Activity } from "./activity.ts";
import { checkKind } from "./commands.ts";
import { draft } from "./draft.ts";
import { taskNames } from "./open-points.ts";
import type { OpenWork } from "./open-work.ts";
import { listed } from "./prose.ts";
import { narrowingOf, programsOf, withoutQuoted } from "./shell.ts";

const COMMAND_MAX_CHARS = 80;
const COMMANDS_MAX = 8;
/** What is seen before so many commits is a habit. */
const COMMITS_MIN = 2;

/** Ends a task of a tracker. */
const ENDS_TASK = /\b(?:close|done|complete|finish|resolve)\b/i;

/**
 * The checks of a command line that look at the whole, as they were written without their output's
 * way: `mix test --warnings-as-errors` of `cd app && mix test --warnings-as-errors 2>&1 | tail`; and
 * what ended a task, without its name.
 */
function stepsOf(line: string): string[] {
  return withoutQuoted(line)
    .split(/&&|\|\||;|\||\n/)
    .flatMap((simple) => {
      const programs = programsOf(simple);
      if (ENDS_TASK.test(programs.join(" ")) && taskNames(simple).length > 0) return programs;
      const kind = checkKind(programs);
      if (kind === null || kind === "commit" || kind === "push") return [];
      const words = simple.trim().split(/\s+/);
      const isWhole =
        narrowingOf(simple).length === 0 && !words.some((word) => /[$"'*]/.test(word));
      const step = words.join(" ");
      return isWhole && step.length <= COMMAND_MAX_CHARS ? [step] : [];
    });
}

/** Notes a command that passed. Mutates `work`, which the caller owns. */
export function noteStep(work: OpenWork, { subject, outcome }: Activity): void {
  const passed = outcome?.state === "passed";
  const steps = stepsOf(subject).filter((step) => passed || ENDS_TASK.test(step));
  const { ran } = work.routine;
  work.routine.ran = [...ran.filter((step) => !steps.includes(step)), ...steps].slice(
    -COMMANDS_MAX,
  );
}

/**
 * What a commit shows to be the routine: told once, when a second commit came after the same
 * commands. Mutates `work`, which the caller owns.
 */
export function tellRoutine(
  work: OpenWork,
  commit: Activity,
  taken: Set<string>,
): DraftObservation[] {
  const { ran, key, before, told } = work.routine;
  const common = before === null ? ran : before.filter((step) => ran.includes(step));
  work.routine = { ran: [], before: common, key: commit.key, told };
  if (told || before === null || key === null || common.length < COMMITS_MIN) return [];
  work.routine.told = true;
  const steps = listed(
    common.map((step) => `\`${step}\``),
    COMMANDS_MAX,
  );
  return [
    draft(
      {
        type: "decision",
        titles: [`Before a commit here: ${listed(common, COMMANDS_MAX)}`],
        narrative: `Each commit came after ${steps} had passed.`,
        facts: [],
        concepts: ["gotcha", "pattern"],
        sources: [commit.key, key],
        index: `routine commit checks ${common.join(" ")}`,
        at: commit.at,
      },
      taken,
    ),
  ];
}
