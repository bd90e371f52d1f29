/** `cairn context`, `search` and `status`: what is known, for people. */
import { styleText } from "node:util";
import { z } from "zod";
import {
  ProjectContextSchema,
  SearchAnswerSchema,
  SearchHitSchema,
  tellReading,
} from "../contract/recall.ts";
import { StatusSchema } from "../contract/team.ts";
import { CONNECTABLE } from "../hooks/registry.ts";
import { parseKey } from "../memory/key.ts";
import { shownProject } from "../memory/project-name.ts";
import { SOURCE_WORDS } from "../memory/source-kind.ts";
import { call } from "./api.ts";
import { connection } from "./connect/agents.ts";
import { CAIRN, shellWord } from "./installation.ts";
import { type Chosen, chosenProject } from "./project.ts";
import { ProvidersRow, tellProviders } from "./providers.ts";
import { sayJson } from "./table.ts";
import type { Target } from "./target.ts";

type Say = (line: string) => void;

// What is shown, and no more: a server of another version has that too.
const ContextRow = ProjectContextSchema.pick({ project: true, text: true, tokens: true });
const HitRow = SearchHitSchema.pick({
  id: true,
  kind: true,
  type: true,
  project: true,
  title: true,
  snippet: true,
  created_at: true,
}).extend(
  // Older servers do not tell these.
  SearchHitSchema.pick({ source_kind: true, actor: true, saved_from: true }).partial().shape,
);
const SearchRows = SearchAnswerSchema.pick({ read_as: true }).extend({ items: z.array(HitRow) });
const StatusRow = StatusSchema.pick({
  processing: true,
  active_sessions: true,
  queue_depth: true,
}).extend(ProvidersRow.shape);
/** What the next session in this repository would be told. */
export async function context(
  target: Target,
  options: { project?: string; query?: string; tokens?: string; json: boolean },
  say: Say,
): Promise<void> {
  const chosen = await chosenProject(options.project, target);
  const { project } = chosen;
  const answer = await call(target, "context", ContextRow, {
    query: { project, query: options.query, tokens: options.tokens },
  });
  if (options.json) return sayJson(answer, say);
  if (answer.text.trim() === "") {
    say(`Nothing is known about ${chosen.shown} yet.`);
    tellEarlier(chosen, say);
    return;
  }
  say(answer.text);
  say(dim(`(${answer.project}, about ${answer.tokens} tokens)`));
}

export async function search(
  target: Target,
  words: string[],
  options: { project?: string; all: boolean; limit: string; json: boolean },
  say: Say,
): Promise<void> {
  const chosen = options.all ? null : await chosenProject(options.project, target);
  const answer = await call(target, "search", SearchRows, {
    query: { q: words.join(" "), project: chosen?.project, limit: options.limit },
  });
  if (options.json) return sayJson(answer, say);
  const { items, read_as } = answer;
  if (read_as !== undefined) say(dim(tellReading(read_as)));
  if (items.length === 0) {
    say(
      `Nothing found in ${chosen?.shown ?? "any project"}${options.all ? "" : " (all projects: --all)"}.`,
    );
    if (chosen !== null) tellEarlier(chosen, say);
  }
  for (const hit of items) {
    const where = options.all ? `, ${shownProject(hit.project)}` : "";
    say(`${styleText("bold", hit.title)}`);
    const told = `${hit.type ?? hit.kind} ${hit.id}, ${hit.created_at.slice(0, 10)}`;
    say(dim(`  ${told}${where}${saidBy(hit, target)}`));
    if (hit.snippet !== "") say(`  ${hit.snippet.replaceAll(/\s+/g, " ")}`);
  }
}

/** Whose words it tells, and who recorded them where it was somebody else. */
function saidBy(
  { source_kind, actor, saved_from }: z.infer<typeof HitRow>,
  { key }: Target,
): string {
  const parts = [
    source_kind === undefined ? "" : SOURCE_WORDS[source_kind],
    actor === undefined || actor === parseKey(key)?.id ? "" : `by ${actor}`,
    saved_from === undefined ? "" : `saved from ${shownProject(saved_from)}`,
  ];
  return parts
    .filter((part) => part !== "")
    .map((part) => `, ${part}`)
    .join("");
}

export async function status(target: Target, json: boolean, say: Say): Promise<void> {
  const answer = await call(target, "status", StatusRow);
  if (json) return sayJson({ url: target.url, ...answer, connected: connectedAgents() }, say);
  say(`Server      ${target.url}`);
  say(`Processing  ${answer.processing ? "yes" : "no"}, ${answer.queue_depth} events waiting`);
  say(`Sessions    ${answer.active_sessions} active`);
  for (const [i, line] of tellProviders(answer).entries()) {
    say(i === 0 ? `Compressed  by ${line}` : `            ${line}`);
  }
  for (const { title, where, paused, url } of connectedAgents()) {
    say(`${title} this ${where}: ${paused ? "paused" : "connected"}, ${url}`);
  }
}

function connectedAgents() {
  return CONNECTABLE.flatMap((agent) =>
    [false, true].flatMap((projectScope) => {
      const found = connection(agent, projectScope);
      if (found === null) return [];
      const { paused, options } = found;
      const where = projectScope ? "folder" : "machine";
      return [{ agent: agent.name, title: agent.title, where, paused, url: options.url }];
    }),
  );
}

/** What the first release recorded of this folder, under a name that its namesakes share. */
function tellEarlier({ project, known, earlier }: Chosen, say: Say): void {
  if (earlier === null) return;
  const command = known ? "merge" : "rename";
  say(
    `An earlier version kept the memory of all your folders of this name as ${earlier}. ` +
      `If it is this folder's, take it over with: ${CAIRN} projects ${command} ` +
      `${shellWord(earlier)} ${shellWord(project)}`,
  );
}

function dim(text: string): string {
  return styleText("dim", text);
}
