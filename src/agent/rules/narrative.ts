/** Two or three sentences about a group of activities: what happened, in order, and how it ended. */
import { fileName } from "../../memory/paths.ts";
import type { Activity } from "./activity.ts";
import { answersOf } from "./answers.ts";
import { editTitle } from "./change-words.ts";
import { commitOf, verifies } from "./commands.ts";
import { FILE_COMMENT_LINES, statedPurpose } from "./definitions.ts";
import { isProse, tellingPoints } from "./facts.ts";
import { capitalised, listed, looksLikeInstruction, sentences, shorten } from "./prose.ts";
import type { Repair } from "./repair.ts";
import { commandLine, commandName } from "./titles.ts";

export const NARRATIVE_MAX = 500;

function sentenceOfCommand(activity: Activity): string {
  const { state, message, totals } = activity.outcome ?? { state: "unknown" };
  const name = commandName(activity);
  const commit = commitOf(activity.text);
  if (commit !== null) return `Committed as ${commit.hash}: ${commit.subject}.`;
  const told = message ? ` with "${message}"` : totals ? `: ${totals}` : "";
  if (state === "failed") return `${name} failed${told}.`;
  const end = totals ? `: ${totals.replace(/\.$/, "")}` : "";
  if (state === "passed") return `${name} passed${end}.`;
  return end === "" ? "" : `${name}${end}.`;
}

/** One sentence for the edits that stand next to each other. */
function sentenceOfChanges(changes: Activity[]): string {
  const created = changes.filter(({ kind }) => kind === "create");
  const files = [...new Set(changes.filter(({ kind }) => kind === "edit").map(({ path }) => path))];
  const purpose = created
    .map(({ text }) => statedPurpose(text, FILE_COMMENT_LINES))
    .find((text) => text !== null);
  const parts: string[] = [];
  if (files.length === 1) parts.push(editTitle(changes.filter(({ kind }) => kind === "edit")));
  if (files.length > 1)
    parts.push(
      `Changed ${listed(
        files.map((file) => file ?? "a file"),
        4,
      )}`,
    );
  if (created.length > 0) {
    const said =
      purpose && !looksLikeInstruction(purpose) ? ` (${purpose.replace(/\.$/, "")})` : "";
    parts.push(
      `wrote ${listed(
        created.map(({ path }) => path ?? "a file"),
        3,
      )}${said}`,
    );
  }
  return parts.length === 0 ? "" : `${capitalised(parts.join("; "))}.`;
}

function sentenceOfLooking(activities: Activity[]): string {
  const read = activities.flatMap(({ kind, failed, path }) =>
    kind === "read" && !failed && path !== null ? [path] : [],
  );
  const sought = activities.flatMap(({ kind, subject }) =>
    kind === "search" ? [`"${shorten(subject, 50)}"`] : [],
  );
  const parts = [
    read.length > 0 ? `looked at ${listed([...new Set(read)], 3)}` : "",
    sought.length > 0 ? `looked for ${listed(sought, 2)}` : "",
  ].filter((part) => part !== "");
  return parts.length === 0 ? "" : `${capitalised(parts.join("; "))}.`;
}

/** What the most telling member says in its own words. */
function quoted(lead: Activity): string {
  if (lead.kind === "ask") {
    return answersOf(lead.text)
      .map(
        ({ question, answer }) =>
          `Asked "${shorten(question, 200)}", the user answered "${shorten(answer, 160)}".`,
      )
      .join(" ");
  }
  const reports = lead.kind === "delegate" || lead.kind === "fetch";
  if (!reports && (lead.change !== null || verifies(lead.subject) || !isProse(lead.text)))
    return "";
  const points = tellingPoints(lead.text, 2);
  if (points.length === 0) return "";
  const from =
    lead.kind === "delegate"
      ? "A subagent reported"
      : `From ${lead.path === null ? commandName(lead) : fileName(lead.path)}`;
  return `${from}: ${sentences(points.join(" "), 3).join(" ")}`;
}

const isChange = ({ kind, failed }: Activity) => !failed && (kind === "edit" || kind === "create");

/** The story of `group`, at most `NARRATIVE_MAX` characters. */
export function narrativeOf(group: Activity[], lead: Activity, repair: Repair | null): string {
  const told = [quoted(lead)];
  let changes: Activity[] = [];
  for (const activity of group) {
    if (isChange(activity)) {
      changes.push(activity);
      continue;
    }
    told.push(sentenceOfChanges(changes));
    changes = [];
    if (activity.kind === "command") told.push(sentenceOfCommand(activity));
  }
  told.push(sentenceOfChanges(changes));
  if (repair !== null && repair.by.length === 0) {
    told.push(`What helped: ${shorten(commandLine(repair.passing), 120)}.`);
  }
  told.push(sentenceOfLooking(group));
  const all = told.filter((sentence) => sentence !== "").map(capitalised);
  return shorten([...new Set(all)].join(" "), NARRATIVE_MAX);
}
