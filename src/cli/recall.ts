/** `cairn context`, `search`, `sessions` and `status`: what is known, for people. */
import { styleText } from "node:util";
import { z } from "zod";
import {
  ProjectContextSchema,
  SearchAnswerSchema,
  SearchHitSchema,
  tellReading,
} from "../contract/recall.ts";
import { SessionViewSchema } from "../contract/sessions.ts";
import { StatusSchema } from "../contract/team.ts";
import { CONNECTABLE } from "../hooks/registry.ts";
import { shownProject } from "../memory/project-name.ts";
import { call, page } from "./api.ts";
import { connection } from "./connect/agents.ts";
import { CAIRN, shellWord } from "./installation.ts";
import { type Chosen, chosenProject } from "./project.ts";
import { ProvidersRow, tellProviders } from "./providers.ts";
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
});
const SearchRows = SearchAnswerSchema.pick({ read_as: true }).extend({ items: z.array(HitRow) });
const StatusRow = StatusSchema.pick({
  processing: true,
  active_sessions: true,
  queue_depth: true,
}).extend(ProvidersRow.shape);
const SessionRow = SessionViewSchema.pick({
  session: true,
  state: true,
  events: true,
  tokens: true,
  last_event_at: true,
}).partial({ events: true, tokens: true });

/** What the next session in this repository would be told. */
export async function context(
  target: Target,
  options: { project?: string; query?: string; tokens?: string },
  say: Say,
): Promise<void> {
  const chosen = await chosenProject(options.project, target);
  const { project } = chosen;
  const answer = await call(target, "context", ContextRow, {
    query: { project, query: options.query, tokens: options.tokens },
  });
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
  options: { project?: string; all: boolean; limit: string },
  say: Say,
): Promise<void> {
  const chosen = options.all ? null : await chosenProject(options.project, target);
  const { items, read_as } = await call(target, "search", SearchRows, {
    query: { q: words.join(" "), project: chosen?.project, limit: options.limit },
  });
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
    say(dim(`  ${hit.type ?? hit.kind} ${hit.id}, ${hit.created_at.slice(0, 10)}${where}`));
    if (hit.snippet !== "") say(`  ${hit.snippet.replaceAll(/\s+/g, " ")}`);
  }
}

export async function sessions(
  target: Target,
  options: { project?: string; state?: string },
  say: Say,
): Promise<void> {
  const { project, shown } = await chosenProject(options.project, target);
  const { items } = await call(target, "sessions", page(SessionRow), {
    query: { project, state: options.state },
  });
  if (items.length === 0) say(`No sessions in ${shown}.`);
  for (const { session, state, events, tokens, last_event_at } of items) {
    say(`${state.padEnd(7)} ${session}`);
    if (events === undefined || tokens === undefined) {
      say(dim(`        last event ${last_event_at ?? "unknown"}`));
      continue;
    }
    const counts = Object.entries(events)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${count} ${name}`);
    say(
      dim(
        `        last event ${last_event_at ?? "unknown"}; ${counts.join(", ") || "no events"}; ` +
          `${tokens.input} tokens in, ${tokens.output} out`,
      ),
    );
  }
}

export async function status(target: Target, say: Say): Promise<void> {
  const answer = await call(target, "status", StatusRow);
  say(`Server      ${target.url}`);
  say(`Processing  ${answer.processing ? "yes" : "no"}, ${answer.queue_depth} events waiting`);
  say(`Sessions    ${answer.active_sessions} active`);
  for (const [i, line] of tellProviders(answer).entries()) {
    say(i === 0 ? `Compressed  by ${line}` : `            ${line}`);
  }
  for (const agent of CONNECTABLE) {
    for (const projectScope of [false, true]) {
      const found = connection(agent, projectScope);
      if (found === null) continue;
      const where = projectScope ? "this folder" : "this machine";
      say(
        `${agent.title} ${where}: ${found.paused ? "paused" : "connected"}, ${found.options.url}`,
      );
    }
  }
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
