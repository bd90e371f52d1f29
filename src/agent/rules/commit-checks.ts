/** What every commit runs into in a repository, as refused commits show it. */
import type { Correction, DraftObservation } from "../../memory/observation.ts";
import type { Activity } from "./activity.ts";
import { checkKind, failedParts, mainPrograms } from "./commands.ts";
import { draft } from "./draft.ts";
import type { CommitChecks, OpenWork } from "./open-work.ts";
import { listed } from "./prose.ts";

const LABELS_MAX = 8;

/** Notes what a refused commit tells. Mutates `work`, which the caller owns. */
export function noteCommitChecks(work: OpenWork, { programs, text, subject, key }: Activity): void {
  if (checkKind(mainPrograms(programs)) !== "commit") return;
  const labels = failedParts(text).map(({ label }) => label);
  if (labels.length === 0) return;
  const known = work.checks;
  work.checks = {
    labels: [...new Set([...(known?.labels ?? []), ...labels])].slice(0, LABELS_MAX),
    evenUnverified: known?.evenUnverified === true || /--no-verify/.test(subject),
    told: known?.told ?? [],
    toldKey: known?.toldKey ?? null,
    key,
  };
}

/**
 * The observation of it, once a commit went through and where there is more to tell than the fix
 * of one failure; with the correction of one that told less.
 */
export function tellCommitChecks(
  work: OpenWork,
  pass: Activity,
  taken: Set<string>,
): { observations: DraftObservation[]; corrects: Correction[] } {
  const { checks } = work;
  const nothing = { observations: [], corrects: [] };
  if (checks === null || checks.labels.every((label) => checks.told.includes(label)))
    return nothing;
  if (checks.labels.length < 2 && !checks.evenUnverified) return nothing;
  const { toldKey } = checks;
  work.checks = { ...checks, told: checks.labels, toldKey: checks.key };
  const told = work.delivered.findLast(({ key }) => key === toldKey);
  const reason = "Told again with more checks";
  const corrects = told === undefined ? [] : [{ source: told.key, text: told.text, reason }];
  return { observations: [observationOf(checks, pass, taken)], corrects };
}

function observationOf(
  { labels, evenUnverified, key }: CommitChecks,
  pass: Activity,
  taken: Set<string>,
): DraftObservation {
  const names = listed(labels, 6);
  const verb = labels.length > 1 ? "pass" : "passes";
  const even = evenUnverified ? " A commit with --no-verify was refused all the same." : "";
  return draft(
    {
      type: "decision",
      titles: [
        `Every git commit is checked here: ${names}${evenUnverified ? ", even with --no-verify" : ""}`,
        `Commits have to pass ${names}`,
      ],
      narrative: `A pre-commit hook refuses a commit until ${names} ${verb}.${even}`,
      facts: [],
      concepts: ["gotcha", "pattern"],
      sources: [key, pass.key],
      index: `git commit pre-commit hook ${labels.join(" ")} --no-verify`,
      at: pass.at,
    },
    taken,
  );
}
