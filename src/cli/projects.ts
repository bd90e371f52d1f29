/** `cairn projects` and what may be done with one: renamed, merged, deleted. */
import { styleText } from "node:util";
import type { z } from "zod";
import {
  DeletedProjectSchema,
  KnownProjectsSchema,
  MergedProjectSchema,
  RenamedProjectSchema,
} from "../contract/team.ts";
import { ApiFailure, call } from "./api.ts";
import { confirm } from "./confirm.ts";
import { Failure } from "./failure.ts";
import { sayJson } from "./table.ts";
import type { Target } from "./target.ts";

type Say = (line: string) => void;

/** What goes on by itself is asked after again, every so often and at most so long. */
const AGAIN_MS = 2_000;
const PATIENCE_MS = 10 * 60_000;

export async function listProjects(target: Target, json: boolean, say: Say): Promise<void> {
  const { items, incomplete } = await call(target, "projects", KnownProjectsSchema);
  if (json) {
    sayJson(items, say);
    return;
  }
  if (items.length === 0) say("No project is known yet.");
  const newest = items.toSorted((a, b) =>
    (b.last_event_at ?? "").localeCompare(a.last_event_at ?? ""),
  );
  for (const { project, number, observations, last_event_at } of newest) {
    const when = last_event_at === null ? "nothing recorded" : `last ${last_event_at.slice(0, 10)}`;
    say(project);
    say(styleText("dim", `  number ${number}, ${observations} observations, ${when}`));
  }
  if (incomplete === true) say("Some projects did not answer: there may be more.");
}

export async function renameProject(
  target: Target,
  project: string,
  name: string,
  json: boolean,
  say: Say,
): Promise<void> {
  const renamed = await call(target, address(project), RenamedProjectSchema, {
    method: "PATCH",
    body: { name },
  });
  if (json) return sayJson(renamed, say);
  say(`${renamed.was} is ${renamed.project} now; the old name goes on leading to it.`);
}

export async function mergeProject(
  target: Target,
  project: string,
  into: string,
  json: boolean,
  say: Say,
): Promise<void> {
  const merged = await untilDone(
    target,
    `${address(project)}/merge`,
    MergedProjectSchema,
    progress(json, say),
    {
      method: "POST",
      body: { into },
    },
  );
  if (json) return sayJson(merged, say);
  say(`All of ${merged.merged} is in ${merged.project} now, and its name leads there.`);
}

export async function deleteProject(
  target: Target,
  project: string,
  isSure: boolean,
  json: boolean,
  say: Say,
): Promise<void> {
  if (!isSure) await askWhetherSure(target, project);
  const answer = await untilDone(
    target,
    address(project),
    DeletedProjectSchema,
    progress(json, say),
    {
      method: "DELETE",
    },
  );
  if (json) return sayJson(answer, say);
  say(`${answer.deleted} is deleted, with all that it remembered.`);
}

/** Throws a `Failure` unless the person types the project's name. */
async function askWhetherSure(target: Target, project: string): Promise<void> {
  const { items } = await call(target, "projects", KnownProjectsSchema);
  const known = items.find((one) => one.project === project || String(one.number) === project);
  const count = known === undefined ? "" : ` with ${known.observations} observations`;
  const name = known?.project ?? project;
  await confirm(`This deletes ${name}${count}, for good. Type its name to go on: `, name);
}

/** What is said while something goes on: nothing where a program listens. */
function progress(json: boolean, say: Say): Say {
  return json ? () => {} : say;
}

function address(project: string): string {
  return `projects/${encodeURIComponent(project)}`;
}

/** Calls until the server says that it is done. */
async function untilDone<T extends { done: boolean }>(
  target: Target,
  path: string,
  schema: z.ZodType<T>,
  say: Say,
  request: { method: "POST" | "DELETE"; body?: object },
): Promise<T> {
  const until = Date.now() + PATIENCE_MS;
  let last: T | null = null;
  while (Date.now() < until) {
    try {
      const answer = await call(target, path, schema, request);
      if (answer.done) return answer;
      if (last === null) say("It takes a while, and goes on by itself if you stop waiting …");
      last = answer;
    } catch (error) {
      // What was being deleted when we last asked is gone.
      if (last !== null && error instanceof ApiFailure && error.status === 404) return last;
      throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
  throw new Failure(
    "it is not done yet, and goes on by itself; run this again to hear of its end.",
  );
}
